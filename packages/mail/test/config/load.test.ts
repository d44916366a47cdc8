import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { explain, jsonSchema, loadConfig, renderProblem } from "../../src/config/index.ts";
import { file, folder, problems, write } from "./configuration-file.ts";

test("an empty file is a whole configuration", () => {
  const { config, warnings } = loadConfig({ file: write("") });
  assert.equal(config.dataDir, join(folder, "data"));
  assert.deepEqual(config.popDelete, { kind: "remove" });
  assert.deepEqual(config.listen.pop3, []);
  assert.equal(config.limits.idleMs, 600_000);
  assert.equal(config.limits.messageOctetsMax, 52_428_800);
  assert.deepEqual(config.log, { level: "info", destination: "stderr" });
  assert.deepEqual(warnings, []);
});

test("every value is read", () => {
  const { config } = loadConfig({
    file: write(`data = "/srv/mail"
host_name = "Mail.Example.org"
domains = ["example.org", "example.net"]
pop_delete = "trash 14d"
listen.pop3 = ["192.0.2.1:110", "[2001:db8::1]:110"]
listen.pop3s = "995"
listen.lmtp = "unix:lmtp.sock"
[tls]
certificate = "tls/chain.pem"
key = "/etc/key.pem"
key_passphrase = { command = ["pass", "show", "key"] }
[[tls.sni]]
certificate = "tls/other.pem"
key = "/etc/other.pem"
key_passphrase = { file = "other.pass" }
[limits]
idle = "1h 30m"
message = "50MiB"
connections = 7
[log]
level = "debug"
destination = "mail.log"
`),
  });
  assert.equal(config.dataDir, "/srv/mail");
  assert.equal(config.hostName, "mail.example.org");
  assert.deepEqual(config.domains, ["example.org", "example.net"]);
  assert.deepEqual(config.popDelete, { kind: "trash", days: 14 });
  assert.deepEqual(config.listen.pop3, [
    { kind: "tcp", host: "192.0.2.1", port: 110 },
    { kind: "tcp", host: "2001:db8::1", port: 110 },
  ]);
  assert.deepEqual(config.listen.pop3s, [{ kind: "tcp", host: "127.0.0.1", port: 995 }]);
  assert.deepEqual(config.listen.lmtp, [{ kind: "unix", path: join(folder, "lmtp.sock") }]);
  assert.deepEqual(config.tls, [
    {
      table: "tls",
      certificateFile: join(folder, "tls/chain.pem"),
      keyFile: "/etc/key.pem",
      keyPassphrase: { kind: "command", command: ["pass", "show", "key"] },
    },
    {
      table: "tls.sni.0",
      certificateFile: join(folder, "tls/other.pem"),
      keyFile: "/etc/other.pem",
      keyPassphrase: { kind: "file", path: join(folder, "other.pass") },
    },
  ]);
  assert.equal(config.limits.idleMs, 5_400_000);
  assert.equal(config.limits.messageOctetsMax, 52_428_800);
  assert.equal(config.limits.connectionsMax, 7);
  assert.deepEqual(config.log, { level: "debug", destination: join(folder, "mail.log") });
});

test("a relative path for the socket of LMTP is told how it is written", () => {
  assert.deepEqual(problems('listen.lmtp = "lmtp.sock"\n'), [
    'FILE:1:15: listen.lmtp: "lmtp.sock" is not an address to listen on; write "host:port", such as "127.0.0.1:1110" or "[::1]:1110", for a Unix socket its absolute path or "unix:lmtp.sock", or "off"',
  ]);
});

test("every mistake is told at once, each with its line and column", () => {
  const text = `data = 5
host_nam = "mail.example.org"

[listen]
pop3 = ["127.0.0.1:1110", "nonsense"]
lmtp = "127.0.0.1:25"

[limits]
  idle = "ten minutes"
connections = "5"
`;
  assert.deepEqual(problems(text), [
    "FILE:1:8: data: 5 is not a path; write the path of a file or directory in quotes",
    "FILE:2:1: host_nam: unknown key; did you mean host_name?",
    'FILE:5:27: listen.pop3: "nonsense" is not an address to listen on; write "host:port", such as "127.0.0.1:1110" or "[::1]:1110", or "off"',
    'FILE:6:8: listen.lmtp: LMTP never listens on port 25, which is SMTP\'s; write another port, such as "127.0.0.1:24"',
    'FILE:9:10: limits.idle: "ten minutes" is not a duration from 1s to 7d; write a number and a unit (ms, s, m, h, d), such as "10m"',
    'FILE:10:15: limits.connections: "5" is not a whole number from 1 to 1000000; write one, without quotes',
  ]);
});

test("no session may outlast the day for which removed mail stays readable", () => {
  assert.deepEqual(problems('limits.session = "24h"\n'), [
    'FILE:1:18: limits.session: "24h" is not a duration from 1m to 23h; write a number and a unit (ms, s, m, h, d), such as "10m"',
  ]);
  assert.deepEqual(problems('limits.session = "23h"\n'), []);
});

const PLACES: readonly (readonly [claim: string, text: string, start: string])[] = [
  ["a dotted key", 'limits.idle = "x"\n', "FILE:1:15: limits.idle: "],
  ["an inline table", 'limits = { idle = "x" }\n', "FILE:1:19: limits.idle: "],
  [
    "an unknown key of an inline table",
    "log = { levle = 1 }\n",
    "FILE:1:9: log.levle: unknown key in [log]; did you mean level?",
  ],
  ["an unknown table", "\n\n  [limit]\n idle = 1\n", "FILE:3:4: limit: unknown key; did you mean limits?"],
  ["an array of tables", "[[log]]\nlevel = 'info'\n", "FILE:1:3: log: "],
  ["a quoted key", '"host_name" = ""\n', "FILE:1:15: host_name: "],
  ["a value on the second line of a list", 'domains = ["a.example",\n  "b c"]\n', "FILE:2:3: domains: "],
  ["a value after characters outside ASCII", 'log = { destination = "ö", level = 1 }\n', "FILE:1:36: log.level: "],
  ["a date where a text belongs", "pop_delete = 2026-01-01\n", "FILE:1:14: pop_delete: "],
  ["a table where a text belongs", "[data]\nx = 1\n", "FILE:1:2: data: "],
  ["a text where a table belongs", 'limits = "no"\n', 'FILE:1:10: limits: "no" is not a table; '],
  ["what is no TOML", "a = 1\nb = = 2\n", "FILE:2:5: not TOML: "],
  ["a table given twice", "[log]\n[limits]\n[log]\n", "FILE:3:"],
];
for (const [claim, text, start] of PLACES) {
  test(`the place of ${claim} is told`, () => {
    const found = problems(text);
    assert.equal(found.length, 1, found.join("\n"));
    assert.ok(found[0]?.startsWith(start), found[0]);
  });
}

test("a certificate without its key is refused, and the other way round", () => {
  assert.deepEqual(problems('[tls]\ncertificate = "a.pem"\n'), [
    'FILE:2:15: tls.certificate: a certificate without its key; add key = "FILE" below it',
  ]);
  assert.deepEqual(problems('[tls]\nkey = "a.pem"\n'), [
    'FILE:2:7: tls.key: a key without its certificate; add certificate = "FILE" above it',
  ]);
});

test("certificates for other names are pairs, and need one for the rest", () => {
  const first = '[tls]\ncertificate = "c"\nkey = "k"\n';
  assert.deepEqual(problems(`${first}[[tls.sni]]\ncertificate = "d"\nkey = "l"\n`), []);
  assert.deepEqual(problems('[[tls.sni]]\ncertificate = "d"\nkey = "l"\n'), [
    "FILE:1:3: tls.sni: certificates for other names without one for the rest; name certificate and key in [tls] too",
  ]);
  const [missing = "", ...more] = problems(`${first}[[tls.sni]]\ncertificate = "d"\n`);
  assert.match(missing, /^FILE:4:3: tls\.sni\.key: is missing; /);
  assert.deepEqual(more, []);
  assert.deepEqual(problems(`${first}[[tls.sni]]\ncertificat = "d"\nkey = "l"\n`).slice(-1), [
    "FILE:5:1: tls.sni.certificat: unknown key in [tls.sni]; did you mean certificate?",
  ]);
  assert.match(problems(`${first}sni = "d"\n`)[0] ?? "", /^FILE:4:7: tls\.sni: "d" is no list of certificates; write /);
  const many = '[[tls.sni]]\ncertificate = "d"\nkey = "l"\n'.repeat(101);
  assert.match(problems(first + many)[0] ?? "", /tls\.sni: more than 100 certificates; /);
});

test("two listeners on one address are refused, two on port 0 are not", () => {
  assert.deepEqual(problems('[listen]\npop3 = "127.0.0.1:110"\npop3s = "127.0.0.1:110"\n'), [
    "FILE:3:9: listen.pop3s: 127.0.0.1:110 is taken by listen.pop3; choose another port",
  ]);
  assert.deepEqual(problems('[listen]\npop3 = "127.0.0.1:0"\npop3s = "127.0.0.1:0"\n'), []);
});

test("a secret in clear needs a file that only its owner reads", () => {
  const clear = '[tls]\ncertificate = "c"\nkey = "k"\nkey_passphrase = "geheim"\n';
  assert.deepEqual(problems(clear, {}, 0o600), []);
  const [line, ...more] = problems(clear, {}, 0o640);
  assert.deepEqual(more, []);
  assert.match(line ?? "", /^FILE:4:18: tls\.key_passphrase: a secret in clear in a file of mode 0640; run chmod 600 /);
  assert.deepEqual(problems('[tls]\ncertificate = "c"\nkey = "k"\nkey_passphrase = { file = "p" }\n', {}, 0o644), []);
  const further =
    '[tls]\ncertificate = "c"\nkey = "k"\n[[tls.sni]]\ncertificate = "c"\nkey = "k"\nkey_passphrase = "geheim"\n';
  assert.match(problems(further, {}, 0o640).join("\n"), /^FILE:7:18: tls\.sni\.key_passphrase: a secret in clear /);
});

test("no message shows what was written where a secret belongs", () => {
  const found = problems('[tls]\ncertificate = "c"\nkey = "k"\nkey_passphrase = { fil = "geheim" }\n');
  assert.equal(found.length, 1);
  assert.doesNotMatch(found[0] ?? "", /geheim/);
});

test("the environment wins over the file, and flags over both", () => {
  write(
    'domains = ["file.example"]\n[pop]\napop = true\n[limits]\nidle = "11m"\nconnections = 1\n[listen]\npop3 = "127.0.0.1:1"\n',
  );
  const { config, originOf } = loadConfig({
    file,
    env: {
      RESTANTE_DOMAINS: "a.example, b.example",
      RESTANTE_LIMITS_CONNECTIONS: "9",
      RESTANTE_LISTEN_POP3: "off",
      RESTANTE_POP_LAST: "true",
      RESTANTE_POP_APOP: "false",
      RESTANTE_POP_PASSWORD: "not a key",
      HOME: "/",
    },
    flags: [{ key: "listen.pop3", flag: "--listen pop3=127.0.0.1:2", value: "127.0.0.1:2" }],
  });
  assert.deepEqual(config.domains, ["a.example", "b.example"]);
  assert.equal(config.limits.connectionsMax, 9);
  assert.deepEqual([config.pop.last, config.pop.apop], [true, false]);
  assert.equal(config.limits.idleMs, 660_000);
  assert.deepEqual(config.listen.pop3, [{ kind: "tcp", host: "127.0.0.1", port: 2 }]);
  assert.deepEqual(originOf("limits.connections"), { kind: "environment", variable: "RESTANTE_LIMITS_CONNECTIONS" });
  assert.deepEqual(originOf("limits.idle"), { kind: "file", file, line: 5, column: 8 });
  assert.deepEqual(originOf("log.level"), { kind: "default" });
});

test("a mistake in the environment names its variable", () => {
  assert.deepEqual(problems("", { env: { RESTANTE_LIMTS_IDLE: "1m", RESTANTE_LIMITS_STALL: "soon" } }), [
    "RESTANTE_LIMTS_IDLE: mirrors no key; did you mean RESTANTE_LIMITS_IDLE?",
    'RESTANTE_LIMITS_STALL: limits.stall: "soon" is not a duration from 1s to 1d; write a number and a unit (ms, s, m, h, d), such as "10m"',
  ]);
});

test("a file that is not there, or not UTF-8, is told", () => {
  assert.throws(
    () => loadConfig({ file: join(folder, "none.toml") }),
    /none\.toml: there is no such file; give the path of the configuration with -c/,
  );
  writeFileSync(file, Buffer.from([0x61, 0x3d, 0x22, 0xff, 0x22]));
  assert.throws(() => loadConfig({ file }), /toml: not UTF-8; save it as UTF-8/);
});

test("LMTP that more than this machine reaches is accepted with a warning", () => {
  const { warnings } = loadConfig({
    file: write('[listen]\nlmtp = ["127.0.0.1:24", "[::1]:24", "/run/lmtp.sock", "0.0.0.0:24"]\n'),
  });
  assert.deepEqual(
    warnings.map((warning) => renderProblem(warning).replaceAll(file, "FILE")),
    [
      "FILE:2:8: listen.lmtp: whoever reaches 0.0.0.0:24 can deliver, for LMTP has no login; keep it on loopback, on a Unix socket or on a network of your own",
    ],
  );
});

requirement(
  "P3-S-019",
  "an idle time below ten minutes is accepted with a warning that it departs from RFC 1939",
  () => {
    const { config, warnings } = loadConfig({ file: write('[limits]\nidle = "60s"\n') });
    assert.equal(config.limits.idleMs, 60_000);
    assert.deepEqual(
      warnings.map((warning) => renderProblem(warning).replaceAll(file, "FILE")),
      [
        "FILE:2:8: limits.idle: 1m departs from RFC 1939 section 3, which asks for at least 10m; some mail programs will lose their session",
      ],
    );
    assert.deepEqual(loadConfig({ file: write('[limits]\nidle = "600s"\n') }).warnings, []);
  },
);

requirement("LM-S-001", "LMTP on TCP port 25 is refused", () => {
  for (const address of ["25", "127.0.0.1:25", "[::]:25"]) {
    const [line = ""] = problems(`[listen]\nlmtp = "${address}"\n`);
    assert.match(line, /^FILE:2:8: listen\.lmtp: LMTP never listens on port 25/);
  }
  assert.deepEqual(problems('[listen]\nlmtp = "127.0.0.1:24"\n'), []);
});

test("the reader listens on loopback alone", () => {
  const text = `the reader listens on this machine alone; write "127.0.0.1:8025", and put a proxy with TLS in front of it`;
  for (const address of ["0.0.0.0:8025", "[::]:8025", "192.0.2.1:8025", "mail.example.org:8025"])
    assert.deepEqual(problems(`[listen]\nweb = "${address}"\n`), [`FILE:2:7: listen.web: ${text}`]);
  for (const address of ["127.0.0.1:8025", "[::1]:8025", "localhost:8025", "8025", "off"])
    assert.deepEqual(problems(`[listen]\nweb = "${address}"\n`), []);
});

requirement(
  ["P1-S-022", "P2-S-032"],
  "POP2 and POP1 are off unless named, and beyond loopback need TLS or leave",
  () => {
    const { listen, allowsFamilyCleartext } = loadConfig({ file: write("") }).config;
    assert.deepEqual(
      [listen.pop2, listen.pop2s, listen.pop1, listen.pop1s, allowsFamilyCleartext],
      [[], [], [], [], false],
    );
    for (const [key, text] of [
      ["pop2", "0.0.0.0:109"],
      ["pop1", "[::]:1108"],
      ["pop1", "pop.example:1108"],
    ] as const) {
      const [line = ""] = problems(`[listen]\n${key} = "${text}"\n`);
      assert.equal(
        line,
        `FILE:2:8: listen.${key}: ${text} would let passwords cross the network in the clear; listen on 127.0.0.1, use ${key}s, or write family_cleartext = "anywhere"`,
      );
      assert.deepEqual(problems(`family_cleartext = "anywhere"\n[listen]\n${key} = "${text}"\n`), []);
      assert.deepEqual(problems(`[listen]\n${key}s = "${text}"\n`), []);
    }
    for (const text of ["127.0.0.1:109", "[::1]:109", "localhost:109", "109"])
      assert.deepEqual(problems(`[listen]\npop2 = "${text}"\n`), []);
  },
);

test("explain shows where each value comes from and no secret", () => {
  const sni = '[[tls.sni]]\ncertificate = "d"\nkey = "l"\nkey_passphrase = "geheim"\n';
  write(`[tls]\ncertificate = "c"\nkey = "k"\nkey_passphrase = "geheim"\n[limits]\nidle = "20m"\n${sni}`);
  const rows = explain(loadConfig({ file, env: { RESTANTE_LISTEN_POP3: "[::1]:110" } }));
  const row = (key: string): unknown => {
    const found = rows.find((candidate) => candidate.key === key);
    return [found?.value, found?.from.replaceAll(file, "FILE")];
  };
  assert.deepEqual(row("limits.idle"), ['"20m"', "FILE:6:8"]);
  assert.deepEqual(row("listen.pop3"), ['"[::1]:110"', "RESTANTE_LISTEN_POP3"]);
  assert.deepEqual(row("tls.key_passphrase"), ["********", "FILE:4:18"]);
  assert.deepEqual(row("tls.sni.certificate"), ['"d"', "FILE:8:15"]);
  assert.deepEqual(row("tls.sni.key_passphrase"), ["********", "FILE:10:18"]);
  assert.deepEqual(row("pop_delete"), ['"remove"', "default"]);
  assert.deepEqual(row("limits.free_space"), ['"1GB"', "default"]);
  assert.deepEqual(row("limits.stall"), ['"2m"', "default"]); // its table is written, it is not
  assert.doesNotMatch(JSON.stringify(rows), /geheim/);
});

test("the JSON Schema knows every key and forbids others", () => {
  const made = JSON.parse(JSON.stringify(jsonSchema())) as {
    additionalProperties: boolean;
    properties: Record<string, { additionalProperties?: boolean; properties?: Record<string, unknown> }>;
  };
  assert.equal(made.additionalProperties, false);
  assert.deepEqual(Object.keys(made.properties), [
    "data",
    "host_name",
    "domains",
    "pop_delete",
    "over_quota",
    "family_cleartext",
    "listen",
    "tls",
    "pop",
    "web",
    "limits",
    "log",
    "defaults",
    "source",
  ]);
  assert.equal(made.properties["limits"]?.additionalProperties, false);
  assert.deepEqual(Object.keys(made.properties["listen"]?.properties ?? {}), [
    "pop3",
    "pop3s",
    "pop2",
    "pop2s",
    "pop1",
    "pop1s",
    "lmtp",
    "web",
  ]);
});

test("what is no TOML is told with what is right at that place", () => {
  const said: readonly (readonly [text: string, right: string])[] = [
    ["a = b\n", 'a text stands in quotes, as in key = "text"'],
    ['a = "b\n', 'close the quotes, as in key = "text"'],
    ["a = 5m\n", 'a number has no unit; a text stands in quotes, as in key = "5m"'],
    ["a = 1\na = 2\n", "it stands there twice: keep one, or write both into one table"],
    ["[a]\n[a]\n", "it stands there twice: keep one, or write both into one table"],
    ["a: 1\n", 'write key = "text", or a table as [name]'],
    ["[a\n", 'write key = "text", or a table as [name]'],
    ["[[a]\n", 'write key = "text", or a table as [name]'],
    ["a = [1 2]\n", "put commas between, and close every [ and {"],
    ["a = 1 b = 2\n", "each key stands on a line of its own, and a table is [name] or [[name]]"],
    ['a = "C:\\path"\n', "write \\\\ for \\, or the text in single quotes"],
  ];
  for (const [text, right] of said) {
    const [line = "", ...more] = problems(text);
    assert.deepEqual(more, []);
    assert.match(line, /^FILE:\d+:\d+: not TOML: [^;]+; /);
    assert.ok(line.endsWith(`; ${right}`), line);
  }
});

test("a key that says nothing of its own of another kind of value is answered in the words of the others", () => {
  assert.deepEqual(problems("[pop]\nlast = 1\n"), [
    "FILE:2:8: pop.last: 1 is neither true nor false; write one of them",
  ]);
});
