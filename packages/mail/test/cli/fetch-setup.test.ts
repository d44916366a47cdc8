import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { fetchSetup, setUp } from "../../src/cli/commands/fetch-setup.ts";
import { CliError } from "../../src/cli/failure.ts";
import { FetchState, statePath, type MailResolver, type SourceReport } from "../../src/retriever/index.ts";
import { MAIL_DOMAIN_CERTIFICATE } from "../../../pop/test/support/certificate.ts";
import { makeCertificate } from "./certificate.ts";
import { here, inDirectory, type Ended } from "./command-line.ts";

const ENV = { RESTANTE_POP_PASSWORD: "secret" };

/** `restante fetch setup anna@example.org` at a peer on this machine. */
function setup(peer: Pick<ScriptedPeer, "port">, args: readonly string[]): Promise<Ended> {
  const at = ["--host", "127.0.0.1", "--port", String(peer.port), "--tls", "none"];
  return here(["fetch", "setup", "anna@example.org", ...at, ...args], { env: ENV });
}

test("setup tries the server, keeps the password in a file of its own, and what it wrote collects", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    const file = join(data, "restante.toml");
    writeFileSync(file, "# a comment of mine\n[limits]\n", { mode: 0o640 });
    const maildir = join(data, "Maildir");
    const { code, stdout, stderr } = await setup(peer, ["--maildir", maildir, "--data", data]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^example: 127\.0\.0\.1:\d+ takes anna@example\.org; 3 messages wait there/);
    const written = readFileSync(file, "utf8");
    assert.ok(written.startsWith("# a comment of mine\n[limits]\n\n[source.example]\n"));
    assert.doesNotMatch(written, /"secret"/);
    assert.equal(statSync(file).mode & 0o777, 0o640);
    const secret = join(data, "secrets", "example.password");
    assert.equal(readFileSync(secret, "utf8"), "secret\n");
    assert.equal(statSync(secret).mode & 0o777, 0o600);
    const run = await here(["fetch", "run", "example", "--data", data]);
    assert.match(run.stdout, /^example: 3 arrived/);
    const again = await setup(peer, ["--maildir", maildir, "--data", data, "--dry-run"]);
    assert.match(again.stdout, /^\[source\.anna-example\]$/m);
    assert.equal(readFileSync(file, "utf8"), written);
  });
});

test("setup of a mailbox that is collected to the same place already says that it comes twice", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    const args = ["--maildir", join(data, "Maildir"), "--data", data];
    assert.equal((await setup(peer, [...args, "--name", "one"])).stderr, "");
    const { code, stderr } = await setup(peer, [...args, "--name", "two"]);
    assert.equal(code, 0);
    assert.match(stderr, /^restante: warning: one and two both collect the mailbox of .* comes twice; leave one .*\n$/);
  });
});

test("setup beside a source that is not enabled, and has the mailbox's mail, says that it comes twice", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    const args = ["--maildir", join(data, "Maildir"), "--data", data];
    await setup(peer, [...args, "--name", "one"]);
    await here(["fetch", "run", "--data", data]);
    const file = join(data, "restante.toml");
    writeFileSync(file, readFileSync(file, "utf8").replace("[source.one]", "[source.one]\nenabled = false"));
    const { code, stderr } = await setup(peer, [...args, "--name", "two"]);
    assert.equal(code, 0);
    assert.match(stderr, /^restante: warning: mail .* here already, collected as one, and comes again as two; .*\n$/);
  });
});

test("where nobody listens on a host that was named, its port is what to look at", async () => {
  const peer = await scriptedPeer();
  const { port } = peer;
  await peer[Symbol.asyncDispose]();
  await inDirectory(async (data) => {
    const { code, stderr } = await setup({ port }, ["--maildir", join(data, "Maildir"), "--data", data]);
    assert.equal(code, 69);
    const next = "see that it is the right host, and try another --port or --tls";
    assert.equal(stderr, `restante: 127.0.0.1:${port}: nobody listens there; ${next}\n`);
  });
});

test("a name that is remembered of another mailbox is not given to a new source", async () => {
  await using peer = await scriptedPeer();
  await using other = await scriptedPeer();
  await inDirectory(async (data) => {
    const file = join(data, "restante.toml");
    const at = ["--maildir", join(data, "Maildir"), "--data", data];
    await setup(peer, at);
    await here(["fetch", "run", "example", "--data", data]);
    writeFileSync(file, "");
    const { code, stderr } = await setup(other, [...at, "--name", "example"]);
    assert.deepEqual([code, readFileSync(file, "utf8")], [64, ""]);
    assert.match(stderr, /there is or was a source example already; choose another --name/);
    assert.match((await setup(other, [...at, "--dry-run"])).stdout, /^\[source\.anna-example\]$/m);
    const same = await setup(peer, [...at, "--dry-run"]);
    assert.match(same.stdout, /^\[source\.example\]$/m, "its own mailbox has it again, with what is remembered");
  });
});

test("a mailbox that was collected by its URL keeps that memory when it is set up, and nothing comes twice", async () => {
  await using peer = await scriptedPeer({ user: "anna" });
  await inDirectory(async (data) => {
    const at = ["--maildir", join(data, "Maildir"), "--data", data];
    const typed = await here(["fetch", "run", `pop://anna@127.0.0.1:${peer.port}`, ...at], { env: ENV });
    assert.match(typed.stdout, /: 3 arrived/, typed.stderr);
    const renamed = await setup(peer, [...at, "--user", "anna", "--name", "work"]);
    assert.equal(renamed.code, 64);
    assert.match(renamed.stderr, /collected as anna-127-0-0-1-\d+; leave --name out/);
    assert.equal(peer.connections.length, 1, "it was not asked for that");
    const elsewhere = ["--maildir", join(data, "Other"), "--data", data, "--user", "anna", "--dry-run"];
    assert.match((await setup(peer, elsewhere)).stdout, /^\[source\.example\]$/m);
    const written = await setup(peer, [...at, "--user", "anna"]);
    assert.equal(written.code, 0, written.stderr);
    assert.match(written.stdout, /does not come again/);
    const run = await here(["fetch", "run", "--data", data]);
    assert.doesNotMatch(run.stdout, /3 arrived/, run.stderr);
    assert.equal(readdirSync(join(data, "Maildir", "new")).length, 3);
  });
});

test("a mailbox that is set up with one more destination keeps its memory, and nothing comes twice to the first", async () => {
  await using peer = await scriptedPeer({ user: "anna" });
  await inDirectory(async (data) => {
    const at = ["--maildir", join(data, "Maildir"), "--data", data];
    const typed = await here(["fetch", "run", `pop://anna@127.0.0.1:${peer.port}`, ...at], { env: ENV });
    assert.match(typed.stdout, /: 3 arrived/, typed.stderr);
    const both = [...at, "--account", "anna", "--user", "anna"];
    const renamed = await setup(peer, [...both, "--name", "work"]);
    assert.equal(renamed.code, 64);
    assert.match(renamed.stderr, /collected as anna-127-0-0-1-\d+; leave --name out/);
    const written = await setup(peer, both);
    assert.match(written.stdout, /^anna-127-0-0-1-\d+: .*\n.*does not come again/, written.stderr);
    assert.match(readFileSync(join(data, "restante.toml"), "utf8"), /^\[source\.anna-127-0-0-1-\d+\]$/m);
  });
});

test("mailboxes that differ in one sign alone, or far behind, are remembered each under a name of its own", async () => {
  const logins = ["anna.smith", "anna-smith", "anna_smith", `${"long".repeat(20)}1`, `${"long".repeat(20)}2`];
  await inDirectory(async (data) => {
    const names = new Set<string>();
    for (const user of logins) {
      // Nobody listens there: the name is told all the same.
      const argv = [
        "fetch",
        "run",
        `pop://${user}@127.0.0.1:1`,
        "--maildir",
        join(data, user),
        "--data",
        data,
        "--json",
      ];
      const { code, stdout } = await here(argv, { env: ENV });
      assert.equal(code, 69);
      names.add((JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { readonly source: string }).source);
    }
    assert.equal(names.size, logins.length, [...names].join(" "));
  });
});

test("a server of this machine is one mailbox, by whichever of its names it was collected", async () => {
  await using peer = await scriptedPeer({ user: "anna" });
  await inDirectory(async (data) => {
    const at = ["--maildir", join(data, "Maildir"), "--data", data];
    for (const host of ["127.0.0.1", "localhost"]) {
      const typed = await here(["fetch", "run", `pop://anna@${host}:${peer.port}`, ...at], { env: ENV });
      assert.match(typed.stdout, host === "localhost" ? /^anna-127-0-0-1-\d+: / : /: 3 arrived/, typed.stderr);
      assert.doesNotMatch(typed.stderr, /was anna@/);
    }
    assert.equal(readdirSync(join(data, "Maildir", "new")).length, 3);
    const state = FetchState.open(statePath(data));
    try {
      assert.equal(state.sources().length, 1);
    } finally {
      state.close();
    }
    const written = await here(
      [
        "fetch",
        "setup",
        "anna@example.org",
        "--host",
        "localhost",
        "--port",
        String(peer.port),
        "--tls",
        "none",
      ].concat([...at, "--user", "anna", "--dry-run"]),
      { env: ENV },
    );
    assert.match(written.stdout, /^\[source\.anna-127-0-0-1-\d+\]$/m, written.stderr);
  });
});

test("a URL that goes on as a source of the file is not warned of as a second one of its mailbox", async () => {
  await using peer = await scriptedPeer({ user: "anna" });
  await inDirectory(async (data) => {
    const at = ["--maildir", join(data, "Maildir"), "--data", data];
    const url = (host: string): string => `pop://anna@${host}:${peer.port}`;
    await here(["fetch", "run", url("127.0.0.1"), ...at], { env: ENV });
    assert.equal((await setup(peer, [...at, "--user", "anna"])).code, 0);
    const name = `anna-127-0-0-1-${peer.port}`;
    assert.match(readFileSync(join(data, "restante.toml"), "utf8"), new RegExp(`^\\[source\\.${name}\\]$`, "m"));
    for (const urls of [[url("localhost")], [url("localhost"), url("127.0.0.1")]]) {
      const { stdout, stderr } = await here(["fetch", "run", ...urls, ...at], { env: ENV });
      assert.deepEqual(stdout.match(/^anna-\S+(?=: )/gm), [name]);
      assert.doesNotMatch(stderr, /warning/);
    }
  });
});

test("a password that does not work writes nothing", async () => {
  await using peer = await scriptedPeer({ password: "other" });
  await inDirectory(async (data) => {
    const { code, stderr } = await setup(peer, ["--account", "anna", "--data", data]);
    assert.equal(code, 77);
    assert.match(stderr, /the login was refused/);
    assert.ok(!existsSync(join(data, "restante.toml")));
    assert.ok(!existsSync(join(data, "secrets")));
  });
});

requirement(
  "P3-C-083",
  "the whole address is tried first, then its local part, and the one that works is written",
  async () => {
    await using peer = await scriptedPeer({ user: "anna", mechanisms: [] });
    await inDirectory(async (data) => {
      const { stdout } = await setup(peer, ["--account", "anna", "--data", data]);
      assert.match(stdout, /takes anna;/);
      assert.match(readFileSync(join(data, "restante.toml"), "utf8"), /^user = "anna"$/m);
      assert.deepEqual(
        peer.commands.filter((command) => command.startsWith("USER")),
        ["USER anna@example.org", "USER anna"],
      );
    });
  },
);

test("what was written into the configuration while setup asked stays, and its names are not given twice", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    const file = join(data, "restante.toml");
    writeFileSync(file, "# mine\n");
    const meanwhile = `printf '\n[source.example]\nhost = "pop.other.example"\nuser = "x"\npassword = { prompt = true }\naccount = "anna"\n' >> ${file}; echo secret`;
    const args = ["--account", "anna", "--data", data, "--password-command", meanwhile];
    const { code, stdout, stderr } = await setup(peer, args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^anna-example: /);
    const written = readFileSync(file, "utf8");
    assert.match(written, /^# mine\n\n\[source\.example\]\nhost = "pop\.other\.example"\n/);
    assert.match(written, /^\[source\.anna-example\]$/m);
  });
});

test("a command for the password is written down, and no file is made", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    const args = ["--account", "anna", "--name", "work", "--keep", "14d", "--password-command", "echo secret"];
    assert.equal((await setup(peer, [...args, "--data", data])).code, 0);
    const written = readFileSync(join(data, "restante.toml"), "utf8");
    assert.match(written, /^password = \{ command = \["\/bin\/sh", "-c", "echo secret"\] \}$/m);
    assert.match(written, /^server = \{ keep = "14d" \}$/m);
    assert.equal(statSync(join(data, "restante.toml")).mode & 0o777, 0o600);
    assert.ok(!existsSync(join(data, "secrets")));
  });
});

test("a time to keep messages that is none is refused before anybody is asked, and nothing is written", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    for (const keep of ["nonsense", "", "14", "4000d"]) {
      const { code, stderr } = await setup(peer, ["--account", "anna", "--data", data, "--keep", keep]);
      assert.deepEqual([code, /^restante: --keep .* is not a time to keep messages; write /.test(stderr)], [64, true]);
    }
    assert.deepEqual(readdirSync(data), []);
    assert.equal(peer.commands.length, 0);
  });
});

test("a certificate nobody vouches for ends setup before the password, and the pin it names goes into the source", async () => {
  const certificate = await makeCertificate();
  await using peer = await scriptedPeer({ tls: { ...certificate, implicit: true } });
  await inDirectory(async (data) => {
    const at = ["--host", "127.0.0.1", "--port", String(peer.port), "--account", "anna", "--data", data];
    const refused = await here(["fetch", "setup", "anna@example.org", ...at], { env: ENV });
    assert.equal(refused.code, 80);
    assert.ok(refused.stderr.includes(`--pin ${certificate.pin} trusts it`), refused.stderr);
    assert.match(refused.stderr, /; restante fetch serverinfo 127\.0\.0\.1:\d+ shows whose it is; /);
    const noPin = await here(["fetch", "setup", "anna@example.org", ...at, "--pin", "sha256:x"], { env: ENV });
    assert.deepEqual([noPin.code, noPin.stderr.startsWith("restante: --pin sha256:x is no pin; write ")], [64, true]);
    assert.ok(!peer.commands.some((command) => /^(?:USER|AUTH|PASS)/.test(command)));
    const pinned = await here(["fetch", "setup", "anna@example.org", ...at, "--pin", certificate.pin], { env: ENV });
    assert.equal(pinned.code, 0, pinned.stderr);
    assert.ok(readFileSync(join(data, "restante.toml"), "utf8").includes(`pin = ["${certificate.pin}"]`));
  });
});

const REFUSED: readonly (readonly [args: readonly string[], code: number, line: RegExp])[] = [
  [["anna@hotmail.com", "--account", "a"], 78, /Outlook\.com cannot be collected from/],
  [["anna", "--account", "a"], 64, /anna is no mail address; write name@example\.org, or name the server: --host/],
  [
    ["a@b..c", "--account", "a"],
    64,
    /a@b\.\.c is no mail address; write name@example\.org, or name the server: --host/,
  ],
  [["anna@example.org", "--port", "995"], 64, /--port belongs to --host/],
  [["anna@example.org", "--host", "pop.example.org", "--tls", "none"], 64, /--tls none would send the password/],
  [["anna@example.org", "--host", "h", "--tls", "maybe"], 64, /--tls is one of/],
  [["anna@example.org", "--host", "h", "--port", "0"], 64, /--port 0 is no port/],
  [["anna@example.org", "--name", "a b"], 64, /is no name of a source/],
];

test("what cannot work is refused before anybody is asked", async () => {
  await inDirectory(async (data) => {
    for (const [args, expected, line] of REFUSED) {
      const { code, stderr } = await here(["fetch", "setup", ...args, "--data", data], { env: ENV });
      assert.match(stderr, line);
      assert.equal(code, expected);
    }
    // What was typed is seen before a password is missed.
    for (const [args, line] of [
      [["anna@example.org"], /say where the mail goes/],
      [["anna", "--account", "a"], /anna is no mail address/],
    ] as const) {
      const { code, stderr } = await here(["fetch", "setup", ...args, "--data", data]);
      assert.equal(code, 64);
      assert.match(stderr, line);
    }
    assert.ok(!existsSync(join(data, "restante.toml")));
  });
});

requirement("P3-C-144", "a host of another domain that the DNS names hears nothing until a person agrees", async () => {
  await using peer = await scriptedPeer();
  const resolver: MailResolver = {
    srv: (name) =>
      Promise.resolve(
        name.startsWith("_pop3s") ? [{ name: "127.0.0.1", port: peer.port, priority: 0, weight: 0 }] : [],
      ),
  };
  await inDirectory(async (data) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const io = { stdin: Readable.from([]), stdout: nowhere, stderr: nowhere, env: ENV };
    const input = { arguments: { address: "anna@example.org" }, lists: {}, values: { account: "anna", data } };
    await assert.rejects(setUp(input, io, resolver), (error: unknown) => {
      assert.ok(error instanceof CliError);
      assert.match(error.message, /the DNS names 127\.0\.0\.1, which is of another domain; --accept-host agrees/);
      return true;
    });
    assert.equal(peer.connections.length, 0);
    // Agreed to, it is asked; this peer has no TLS.
    const agreed = { ...input, values: { ...input.values, "accept-host": true } };
    await assert.rejects(setUp(agreed, io, resolver), /TLS/);
    assert.ok(peer.connections.length > 0);
  });
});

requirement(
  "P3-C-147",
  "a source whose host the DNS named is set up with the domain, and collected from by a certificate for its mail",
  async () => {
    const { key, cert } = MAIL_DOMAIN_CERTIFICATE;
    await using peer = await scriptedPeer({ messages: ["Subject: 1\r\n\r\n"], tls: { key, cert, implicit: true } });
    const resolver: MailResolver = {
      srv: (name) =>
        Promise.resolve(
          name === "_pop3s._tcp.mail.example" ? [{ name: "127.0.0.1", port: peer.port, priority: 0, weight: 0 }] : [],
        ),
    };
    await inDirectory(async (data) => {
      const ca = join(data, "ca.pem");
      writeFileSync(ca, cert);
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const io = { stdin: Readable.from([]), stdout: nowhere, stderr: nowhere, env: ENV };
      const values = { maildir: join(data, "M"), data, ca, name: "work", "accept-host": true };
      assert.equal(await setUp({ arguments: { address: "anna@Mail.example" }, lists: {}, values }, io, resolver), 0);
      assert.match(readFileSync(join(data, "restante.toml"), "utf8"), /^mail_domain = "mail\.example"$/m);
      const run = await here(["fetch", "run", "work", "--json", "--data", data], { env: ENV });
      assert.equal(run.code, 0, run.stderr);
      assert.equal((JSON.parse(run.stdout) as SourceReport).arrived.messages, 1);
    });
  },
);

test("where no mail can go, or no password can be had, nobody is asked", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    const file = join(data, "file");
    writeFileSync(file, "");
    const at = ["--host", "127.0.0.1", "--port", String(peer.port), "--tls", "none", "--data", data];
    const tried: readonly (readonly [args: readonly string[], env: Readonly<Record<string, string>>, says: RegExp])[] =
      [
        [[], ENV, /^restante: say where the mail goes: --account NAME, or --maildir DIR\n$/],
        [["--maildir", file], ENV, /^restante: --maildir \S+ is no directory; name another, /],
        [["--maildir", join(data, "M")], {}, /^restante: no password: set RESTANTE_POP_PASSWORD, or give /],
      ];
    for (const [args, env, says] of tried) {
      const { code, stderr } = await here(["fetch", "setup", "anna@example.org", ...at, ...args], { env });
      assert.equal(code, 64);
      assert.match(stderr, says);
    }
    assert.equal(peer.connections.length, 0);
  });
});

test("the examples of setup name options that it has", () => {
  for (const example of fetchSetup.examples)
    for (const [, flag = ""] of example.matchAll(/ --([a-z-]+)/g)) assert.ok(flag in (fetchSetup.options ?? {}), flag);
});

test("an account that is not there is refused in one line that says which are, before anybody is asked", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    for (const name of ["anna", "friend"]) await here(["account", "add", name, "--data", data]);
    const { code, stdout, stderr } = await setup(peer, ["--account", "ana", "--data", data]);
    assert.deepEqual(
      [code, stdout, stderr],
      [
        67,
        "",
        'restante: there is no account "ana" here; write anna, friend, or make another with restante account add NAME\n',
      ],
    );
    assert.equal(peer.connections.length, 0);
    assert.ok(!existsSync(join(data, "restante.toml")) && !existsSync(join(data, "secrets")));
    const right = await setup(peer, ["--account", "anna", "--data", data]);
    assert.deepEqual([right.code, right.stderr], [0, ""]);
  });
});

test("where there is no store yet that could be asked for the account, setup says so and goes on", async () => {
  await using peer = await scriptedPeer();
  await inDirectory(async (data) => {
    const { code, stderr } = await setup(peer, ["--account", "anna", "--data", data]);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^restante: warning: there is no mail in \S+ yet, so that nobody knows the account anna; restante account add NAME makes one\n$/,
    );
    assert.ok(existsSync(join(data, "restante.toml")));
  });
});
