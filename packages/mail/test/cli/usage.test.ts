import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { run } from "../../src/cli/main.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { reportFailure } from "../../src/cli/failure.ts";
import { COMMAND_NAMES, loadCommands } from "../../src/cli/table.ts";
import { makeCertificate } from "./certificate.ts";
import { here, inDirectory, spawned, spawnedOn } from "./command-line.ts";

test("every command has help with examples that begin with its own name", async () => {
  for (const command of await loadCommands()) {
    const { code, stdout, stderr } = await here([...command.name.split(" "), "--help"]);
    assert.deepEqual([code, stderr], [0, ""], command.name);
    assert.ok(stdout.startsWith(`Usage: restante ${command.name}`), stdout);
    assert.ok(stdout.includes("--json") && stdout.includes("--debug"), command.name);
    assert.ok(
      command.examples.some((example) => example.includes(`restante ${command.name}`)),
      command.name,
    );
    for (const example of command.examples) assert.ok(stdout.includes(`  $ ${example}\n`), example);
  }
});

test("help lists every command, and is what a bare restante prints", async () => {
  const { stdout } = await here(["--help"]);
  for (const word of new Set(COMMAND_NAMES.map((name) => name.split(" ")[0] ?? "")))
    assert.match(stdout, new RegExp(`^ {2}${word}\\b`, "m"));
  assert.equal((await here([])).stdout, stdout);
  for (const code of Object.values(EXIT)) assert.match(stdout, new RegExp(`^ {2}${code} +[a-z]`, "m"));
});

test("the version is the package's", async () => {
  assert.match((await here(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
});

const USAGE: readonly (readonly [argv: readonly string[], line: string])[] = [
  [["upp"], "restante: unknown command 'upp' (Did you mean up?); restante --help shows how it is used\n"],
  [
    ["up", "--demmo"],
    "restante: unknown option '--demmo' (Did you mean --demo?); restante up --help shows how it is used\n",
  ],
  [["account"], "restante: account needs a subcommand; restante account --help lists them\n"],
  [
    ["account", "ad"],
    "restante: unknown command 'ad' (Did you mean add?); restante account --help shows how it is used\n",
  ],
  [
    ["account", "add"],
    "restante: missing required argument 'name'; restante account add --help shows how it is used\n",
  ],
  [
    ["up", "--listen", "pop3"],
    "restante: --listen pop3 is not PROTOCOL=HOST:PORT; write, say, --listen pop3=127.0.0.1:1110\n",
  ],
  [
    ["up", "--listen", "http=1"],
    "restante: --listen http=1: http is no protocol; write one of pop3, pop3s, pop2, pop2s, pop1, pop1s, lmtp, web\n",
  ],
  [["help", "fetsch"], "restante: unknown command 'fetsch'; restante --help lists those there are\n"],
  [["account", "help", "ad"], "restante: unknown command 'ad'; restante account --help lists those there are\n"],
  [
    ["up", "--data", ""],
    "restante: the data directory is named with nothing; write its path, or leave --data out for ./data\n",
  ],
  [
    ["import", "--account", "anna", "--mailbox", "", "."],
    "restante: --mailbox takes a name of 1 to 255 octets without control characters\n",
  ],
  [
    ["who", "extra"],
    "restante: too many arguments for 'who'. Expected 0 arguments but got 1: extra; restante who --help shows how it is used\n",
  ],
  [
    ["fetch", "serverinfo", "pop.example.org:99999"],
    "restante: pop.example.org:99999: 99999 is no port; ports are 1 to 65535, and POP3's are 995 and 110\n",
  ],
  [["completion", "tcsh"], "restante: there is no completion for tcsh; write one of bash, zsh, fish\n"],
];
test("what is typed wrong gets one line with the way out, and 64", async () => {
  for (const [argv, line] of USAGE) {
    const ended = await here(argv);
    assert.deepEqual([ended.code, ended.stderr, ended.stdout], [64, line, ""], argv.join(" "));
  }
});

test("a variable that names the data directory with nothing does not mean the one it is typed in", async () => {
  const { code, stderr } = await here(["up"], { env: { RESTANTE_DATA: "" } });
  assert.deepEqual([code, /named with nothing/.test(stderr)], [64, true], stderr);
});

test("--json makes scripts and schemas one line of JSON", async () => {
  for (const argv of [
    ["config", "schema"],
    ["completion", "bash"],
  ]) {
    const { stdout } = await here([...argv, "--json"]);
    assert.equal(stdout.indexOf("\n"), stdout.length - 1);
    assert.equal(typeof JSON.parse(stdout), "object");
  }
});

test("no line of help is wider than 80 columns, examples apart", async () => {
  for (const group of [
    "",
    ...new Set(COMMAND_NAMES.filter((name) => name.includes(" ")).map((name) => name.split(" ")[0] ?? "")),
  ])
    for (const line of (await here([...(group === "" ? [] : [group]), "--help"])).stdout.split("\n"))
      assert.ok(line.length <= 80, `${group}: ${line}`);
});

test("output that cannot be written ends with 74 and one line", () => {
  const full = openSync("/dev/full", "w");
  const ended = spawnedOn(["ignore", full, "pipe"], ["config", "schema"]);
  closeSync(full);
  assert.deepEqual(
    [ended.status, ended.stderr],
    [74, "restante: standard output cannot be written (ENOSPC); make room where it goes\n"],
  );
});

test("a wrong address of a flag names the flag", async () => {
  const ended = await here(["up", "--listen", "pop3=here"]);
  assert.deepEqual(ended, {
    code: 78,
    stdout: "",
    stderr:
      '--listen pop3=here: listen.pop3: "here" is not an address to listen on; write "host:port", such as "127.0.0.1:1110" or "[::1]:1110", or "off"\n',
  });
});

test("an error nobody foresaw shows its stack only when asked", async () => {
  const failing = async (argv: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> => {
    const texts: string[] = [];
    const stderr = new Writable({ write: (chunk: Buffer, _encoding, done) => (texts.push(chunk.toString()), done()) });
    const stdout = Object.assign(new Writable(), {
      write: () => {
        throw new Error("the printer is on fire");
      },
    });
    const code = await run(argv, { stdin: Readable.from([]), stdout, stderr, env: {} });
    return { code, stderr: texts.join("") };
  };
  const plain = await failing(["config", "schema"]);
  assert.deepEqual(plain, {
    code: 70,
    stderr: "restante: the printer is on fire; run it again with --debug to see where this comes from\n",
  });
  assert.match((await failing(["config", "schema", "--debug"])).stderr, /\n {4}at /);
});

test("a file of another user is said to be one, with what to do about it", () => {
  let said = "";
  const stderr = new Writable({ write: (chunk: Buffer, _encoding, done) => ((said += chunk.toString()), done()) });
  const io = { stdin: Readable.from([]), stdout: stderr, stderr, env: {} };
  const error = Object.assign(new Error("EACCES: permission denied, open 'data/control.path'"), {
    code: "EACCES",
    path: "data/control.path",
  });
  assert.equal(reportFailure(error, { io, debug: false }), 77);
  assert.equal(
    said,
    "restante: data/control.path is not this user's to use (EACCES); run this as the user it belongs to, with sudo -u USER\n",
  );
});

test("config check, explain and schema", async () => {
  await inDirectory(async (directory) => {
    const file = join(directory, "restante.toml");
    writeFileSync(file, '[limits]\nidle = "1m"\n');
    const checked = await here(["config", "check", "-c", file]);
    assert.deepEqual([checked.code, checked.stdout], [0, `${file}: nothing wrong.\n`]);
    assert.match(checked.stderr, /^restante: warning: .*:2:8: limits\.idle: 1m departs from RFC 1939 section 3/);
    const rows = JSON.parse((await here(["config", "explain", "-c", file, "--json"])).stdout) as readonly {
      key: string;
      value: string;
      from: string;
    }[];
    assert.deepEqual(
      rows.filter(({ key }) => key === "limits.idle").map(({ value, from }) => [value, from]),
      [['"1m"', `${file}:2:8`]],
    );
    assert.equal((JSON.parse((await here(["config", "schema"])).stdout) as { title: string }).title, "Restante");
    writeFileSync(file, "x = 1\n");
    const wrong = await here(["config", "check", "-c", file, "--json"]);
    assert.equal(wrong.code, 78);
    const { ok, problems } = JSON.parse(wrong.stdout) as {
      ok: boolean;
      problems: readonly { key: string; origin: { line: number; column: number } }[];
    };
    assert.deepEqual([ok, problems[0]?.key, problems[0]?.origin.line, problems[0]?.origin.column], [false, "x", 1, 1]);
    writeFileSync(file, '[tls]\ncertificate = "none.pem"\nkey = "none.pem"\n');
    const missing = await here(["config", "check", "-c", file]);
    assert.equal(missing.code, 78);
    assert.match(missing.stderr, /^\S+\.toml:2:15: tls\.certificate: .*none\.pem cannot be read \(ENOENT\); check /);
  });
});

test("config check tells where the key was written that has a wrong file of a certificate", async () => {
  await inDirectory(async (directory) => {
    const file = join(directory, "restante.toml");
    const { cert, key } = await makeCertificate();
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    for (const [name, pem] of Object.entries({ cert, key, other })) writeFileSync(join(directory, name), pem);
    const problemOf = async (lines: string): Promise<unknown> => {
      writeFileSync(file, `[tls]\n${lines}\n`);
      const ended = await here(["config", "check", "-c", file, "--json"]);
      const { problems } = JSON.parse(ended.stdout) as {
        problems: readonly { key: string; origin: { line: number; column: number }; text: string; line: string }[];
      };
      return problems.map(({ key: name, origin, text, line }) => {
        assert.equal(line, `${file}:${origin.line}:${origin.column}: ${name}: ${text}`);
        return [ended.code, name, origin.line, origin.column, text.replaceAll(`${directory}/`, "").split(";")[0]];
      });
    };
    assert.deepEqual(await problemOf('certificate = "cert"\nkey = "key"'), []);
    assert.deepEqual(await problemOf('certificate = "key"\nkey = "key"'), [
      [78, "tls.certificate", 2, 15, "key holds no certificate"],
    ]);
    assert.deepEqual(await problemOf('certificate = "cert"\n\n  key = "cert"'), [
      [78, "tls.key", 4, 9, "cert holds no private key that can be opened"],
    ]);
    assert.deepEqual(await problemOf('certificate = "cert"\nkey = "other"'), [
      [78, "tls.key", 3, 7, "other is not the key of the certificate in cert"],
    ]);
    assert.deepEqual(await problemOf('certificate = "cert"\nkey = "key"\nkey_passphrase = { file = "none" }'), [
      [78, "tls.key_passphrase", 4, 18, "none cannot be read (ENOENT)"],
    ]);
    const further = 'certificate = "cert"\nkey = "key"\n[[tls.sni]]\ncertificate = "cert"';
    assert.deepEqual(await problemOf(`${further}\nkey = "key"`), []);
    assert.deepEqual(await problemOf(`${further}\nkey = "other"`), [
      [78, "tls.sni.key", 6, 7, "other is not the key of the certificate in cert"],
    ]);
  });
});

/** What bash offers after `words`, the last of which is being typed. */
function bashOffers(script: string, words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const asked = `source '${script}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _restante; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["--norc", "-c", asked], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

test("bash completes commands, subcommands, options and their values", async () => {
  await inDirectory(async (directory) => {
    const script = join(directory, "restante.bash");
    writeFileSync(script, (await here(["completion", "bash"])).stdout);
    assert.deepEqual(bashOffers(script, ["restante", "se"]), ["serve"]);
    assert.deepEqual(bashOffers(script, ["restante", "account", "pa"]), ["passwd"]);
    assert.deepEqual(bashOffers(script, ["restante", "up", "--de"]), ["--demo", "--debug"]);
    assert.deepEqual(bashOffers(script, ["restante", "import", "--format", "m"]), ["maildir", "mbox"]);
    assert.deepEqual(bashOffers(script, ["restante", "completion", "z"]), ["zsh"]);
    assert.deepEqual(bashOffers(script, ["restante", "serve", "-c", join(directory, "rest")]), [script]);
  });
});

test("the scripts for zsh and fish name every command", async () => {
  for (const shell of ["zsh", "fish"]) {
    const { stdout } = await here(["completion", shell]);
    for (const name of COMMAND_NAMES) assert.ok(stdout.includes(name.split(" ").at(-1) ?? name), `${shell}: ${name}`);
  }
});

test("a reader that closes the pipe early is no error", async () => {
  const shell = await spawned(["config", "schema"]);
  assert.equal(shell.code, 0);
});
