import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { explain, loadConfig, type SourceConfig } from "../../src/config/index.ts";
import { file, folder, problems, write } from "./configuration-file.ts";

function sourceOf(text: string): SourceConfig {
  const [source] = loadConfig({ file: write(text) }).config.sources;
  if (source === undefined) throw new Error("no source");
  return source;
}

const WHOLE = `[defaults]
every = "5m"
tls = "implicit"
[source.work]
host = "pop.corp.example"
user = "me@corp.example"
account = "me"
password = { command = ["pass", "show", "mail/work"] }
fetch  = { only = "new", max_size = "50MB", oversize = "headers", order = "oldest", max_messages = 500 }
server = { keep = "14d", delete_when_deleted_locally = true, delete_min_age = "1h" }
dedup  = { uid = true, content = "after-migration" }
on_bad_message = { after = 3, do = "quarantine" }
[[source.work.filter]]
when = { header = "X-Spam-Status", matches = "^Yes" }
do = "skip"
[[source.work.deliver]]
to = "maildir:~/Maildir"
`;

const SMALL = `[source.a]\nhost = "pop.example"\nuser = "u"\naccount = "me"\npassword = { env = "X" }\n`;

test("a name that objects have already is a name, or is refused where it stands", () => {
  for (const name of ["constructor", "prototype", "toString", "hasOwnProperty"])
    assert.equal(sourceOf(SMALL.replace("source.a", `source.${name}`)).name, name);
  const refused = /^FILE:1:\d+: source\.__proto__: no name of a table or key can be __proto__; choose another$/;
  assert.match(problems(SMALL.replace("source.a", "source.__proto__")).join("\n"), refused);
  assert.match(problems("__proto__ = 1\n").join("\n"), /^FILE:1:1: __proto__: no name .*; choose another$/);
  const inline = problems('[defaults]\nevery = "5m"\nfetch = { __proto__ = 1 }\n').join("\n");
  assert.match(inline, /^FILE:3:\d+: defaults\.fetch\.__proto__: no name .*; choose another$/);
});

test("every key of a source is understood", () => {
  const source = sourceOf(WHOLE);
  const { destinations, filters, fetch, server } = source;
  assert.deepEqual(
    [source.host, source.port, source.user, source.tls],
    ["pop.corp.example", 995, "me@corp.example", "implicit"],
  );
  assert.equal(source.everyMs, 300_000);
  assert.deepEqual(fetch, {
    only: "new",
    octetsMax: 50_000_000,
    oversize: "headers",
    order: "oldest",
    messagesMax: 500,
  });
  assert.deepEqual(server, { keep: { ms: 1_209_600_000 }, deleteWhenDeletedLocally: true, deleteMinAgeMs: 3_600_000 });
  assert.deepEqual(filters, [{ header: "X-Spam-Status", matches: "^Yes", do: "skip" }]);
  const maildir = join(homedir(), "Maildir");
  assert.deepEqual(destinations, [
    { kind: "store", to: "store:me", login: "me", mailbox: "INBOX" },
    { kind: "maildir", to: `maildir:${maildir}`, path: maildir, lineEnds: "lf" },
  ]);
});

test("a source says little and keeps everything on the server", () => {
  const source = sourceOf(SMALL);
  assert.equal(source.server.keep, "forever");
  assert.deepEqual([source.commitEvery, source.badMessageAfter, source.dedupContent], [100, 3, "after-migration"]);
  assert.deepEqual(source.fetch, {
    only: "new",
    octetsMax: undefined,
    oversize: "headers",
    order: "oldest",
    messagesMax: undefined,
  });
});

test("a source's own key wins over [defaults], table by table and key by key", () => {
  const source = sourceOf(
    `[defaults]\nserver = { keep = "14d", delete_min_age = "1h" }\ncommit_every = 7\ntls = "stls-required"\n${SMALL}server = { keep = "0" }\n`,
  );
  assert.deepEqual(source.server, { keep: { ms: 0 }, deleteWhenDeletedLocally: false, deleteMinAgeMs: 3_600_000 });
  assert.deepEqual([source.commitEvery, source.tls, source.port], [7, "stls-required", 110]);
});

test("relative paths are meant from the directory of the file", () => {
  const text = SMALL.replace("env = ", "file = ").replace('account = "me"', 'deliver = [{ to = "maildir:mail" }]');
  const source = sourceOf(text);
  assert.deepEqual(source.password, { kind: "file", path: join(folder, "X") });
  assert.deepEqual(source.destinations, [
    { kind: "maildir", to: `maildir:${join(folder, "mail")}`, path: join(folder, "mail"), lineEnds: "lf" },
  ]);
});

test("what is not built is refused in one line that says what to write instead", () => {
  const refused = (line: string): string => (problems(`${SMALL}${line}\n`)[0] ?? "").replace(/^FILE:6:\d+: /, "");
  for (const scheme of ["gmail", "imap", "lmtp", "smtp"])
    assert.equal(
      refused(`deliver = [{ to = "${scheme}:x" }]`),
      `source.a.deliver.to: ${scheme}: is not built yet; write "store:LOGIN", "maildir:PATH" or "exec:COMMAND"`,
    );
  assert.match(
    refused('auth = { oauth2 = "microsoft", client_id = "x" }'),
    /^source\.a\.auth: oauth2 is not built yet; write password/,
  );
  assert.match(
    refused('filter = [{ when = { header = "X", matches = "y" }, do = "route:r" }]'),
    /^source\.a\.filter\.do: routes are not built yet/,
  );
  assert.match(
    problems(SMALL.replace('env = "X"', "keyring = true"))[0] ?? "",
    /source\.a\.password: a keyring is read by its own program; write \{ command = \["secret-tool", "lookup", "KEY", "VALUE"\] \} or/,
  );
  assert.match(
    refused('deliver = [{ to = "mbox:x" }]'),
    /^source\.a\.deliver\.to: mbox: is no destination, .*; write "maildir:PATH" or "store:LOGIN", and restante export --format mbox/,
  );
});

test("a source without a destination, a password or a safe way to send it is refused", () => {
  assert.match(problems(SMALL.replace('account = "me"\n', "")).join(), /says nowhere where the mail goes/);
  assert.match(problems(SMALL.replace('password = { env = "X" }\n', "")).join(), /has no password/);
  assert.match(problems(`${SMALL}tls = "none"\n`).join(), /FILE:6:7: source\.a\.tls: would send the password in clear/);
  assert.deepEqual(problems(`${SMALL}tls = "none"\n`.replace("pop.example", "127.0.0.1")), []);
  // No address, but a name that somebody's DNS may answer.
  assert.match(
    problems(`${SMALL}tls = "none"\n`.replace("pop.example", "127.999.1.1")).join(),
    /source\.a\.tls: would send the password in clear/,
  );
  assert.deepEqual(problems(`${SMALL}tls = "none"\nallow_cleartext = true\n`), []);
  assert.match(
    problems(
      `${SMALL}server = { delete_when_deleted_locally = true }\n`.replace(
        'account = "me"',
        'deliver = [{ to = "maildir:m" }]',
      ),
    ).join(),
    /needs a store: destination/,
  );
});

test("a key that has to be there and is not is said to be missing, with what to write", () => {
  const refused = (line: string): string =>
    problems(`${SMALL}${line}\n`)
      .join()
      .replace(/^FILE:6:\d+: source\.a\./, "");
  const to = /^deliver\.to: is missing; write "store:LOGIN", "maildir:PATH" or "exec:COMMAND"$/;
  assert.match(refused('deliver = [{ line_ends = "lf" }]'), to);
  assert.match(refused('filter = [{ do = "skip" }]'), /^filter\.when: is missing; write when = \{ header = /);
  assert.match(
    refused('filter = [{ when = { header = "X" }, do = "skip" }]'),
    /^filter\.when\.matches: is missing; write /,
  );
  assert.match(
    refused('filter = [{ when = { header = "X", matches = "y" } }]'),
    /^filter\.do: is missing; write "skip"/,
  );
});

test("a destination that stands there twice is refused", () => {
  const text = `${SMALL}deliver = [{ to = "maildir:m" }, { to = "maildir:m" }]\n`;
  assert.match(problems(text).join(), /"maildir:m" stands there twice; leave one out/);
  const same = `${SMALL}deliver = [{ to = "store:" }, { to = "store:me" }]\n`;
  assert.match(problems(same).join(), /"store:" is the same as "store:me"; leave one out/);
  const unnamed = `${SMALL}deliver = [{ to = "store:" }, { to = "store:" }]\n`;
  assert.match(problems(unnamed).join(), /"store:" stands there twice; leave one out/);
});

test("a store without a login is the account of the source, and is refused where there is none", () => {
  const text = `${SMALL}deliver = [{ to = "maildir:/m" }, { to = "store:" }]\n`;
  assert.deepEqual(
    sourceOf(text).destinations.map(({ to }) => to),
    ["maildir:/m", "store:me"],
  );
  assert.deepEqual(problems(text.replace('account = "me"\n', "")), [
    'FILE:5:11: source.a.deliver: store: without a login means the source\'s account; add account = "NAME", or write "store:LOGIN"',
  ]);
});

test("an unknown key below a source is told with what was meant", () => {
  assert.deepEqual(problems(`${SMALL}fetch = { max_sise = "5MB" }\n`), [
    "FILE:6:11: source.a.fetch.max_sise: unknown key in [source.a.fetch]; did you mean max_size?",
  ]);
  assert.match(
    problems(SMALL.replace("[source.a]", '[source."a b"]')).join(),
    /is not a name of a source; write up to 64 letters/,
  );
});

test("a password in clear is taken from a file of mode 0600 alone, and never shown", () => {
  const text = SMALL.replace('{ env = "X" }', '"hunter2"');
  assert.match(
    problems(text, {}, 0o644).join(),
    /FILE:5:12: source\.a\.password: a secret in clear in a file of mode 0644/,
  );
  const shown = JSON.stringify(explain(loadConfig({ file: write(text) })));
  assert.ok(!shown.includes("hunter2"));
  const proxied = SMALL.replace("[source.a]", '[source.a]\nproxy = "http://joe:hunter2@proxy.example:3128"');
  assert.match(
    problems(proxied, {}, 0o644).join(),
    /source\.a\.proxy: a secret in clear in a file of mode 0644; run chmod 600 \S+$/,
  );
  assert.deepEqual(problems(proxied.replace("joe:hunter2@", ""), {}, 0o644), []);
  assert.match(shown, /"source\.a\.password","value":"\*{8}"/);
});

test("explain tells where each key of a source comes from", () => {
  const rows = explain(loadConfig({ file: write(WHOLE) }));
  const row = (key: string) => rows.find((one) => one.key === `source.work.${key}`);
  assert.equal(row("every")?.from, `${file}:2:9`);
  assert.equal(row("server.keep")?.value, '"14d"');
  assert.equal(row("commit_every")?.from, "default");
});

test("what stands in the wrong place is not shown, for it may be a password", () => {
  const wrong: readonly string[] = [
    '[source]\nhost = "pop.example"\npassword = "hunter2"\n',
    '[[source]]\npassword = "hunter2"\n',
    '[[source.a]]\npassword = "hunter2"\n',
    'source.a = ["hunter2"]\n',
    SMALL.replace("pop.example", "pops://u:hunter2@pop.example"),
    SMALL.replace("pop.example", "pops://u:hun/ter2@pop.example"),
    SMALL.replace("pop.example", "pops://u@example.org:hunter2@pop.example"),
    SMALL.replace("pop.example", "u:hunter2@pop.example"),
    `${SMALL}proxy = "socks5://u:hunter2@proxy.example:1080"\n`,
    `${SMALL}proxy = "socks5://u@example.org:hunter2@proxy.example:1080"\n`,
    `${SMALL}auth = ${"hunter2".length}000002\n`,
    `${SMALL}auth = "PLAIN hunter2"\n`,
    `${SMALL}deliver = [["hunter2"]]\n`,
    SMALL.replace('{ env = "X" }', '["hunter2"]'),
  ];
  for (const text of wrong) {
    const lines = problems(text);
    assert.ok(lines.length > 0, text);
    assert.doesNotMatch(lines.join("\n"), /hunter2|ter2|7000002/, text);
  }
});

test("keys of a source without the name of one are told once", () => {
  assert.deepEqual(problems('[source]\nhost = "pop.example"\nuser = "u"\npassword = { env = "X" }\n'), [
    "FILE:1:2: source: holds the keys of a source, and a source has a name; write [source.NAME] above them, such as [source.work]",
  ]);
  assert.match(
    problems('[[source.a]]\nhost = "x"\n').join("\n"),
    /^FILE:1:3: source\.a: a list is not a table, which has one bracket on each side; write \[source\.NAME\]/,
  );
});

const SAID: readonly (readonly [claim: string, line: string, said: string])[] = [
  ["two letters in each other's place", 'evrey = "5m"', "evrey: unknown key in [source.a]; did you mean every?"],
  [
    "a key of a table below",
    'keep = "14d"',
    "keep: unknown key in [source.a]; it belongs into the table server, as in server = { keep = ... }",
  ],
  [
    "a key of the table beside",
    'fetch = { keep = "14d" }',
    "fetch.keep: unknown key in [source.a.fetch]; it belongs into the table server, as in server = { keep = ... }",
  ],
  [
    "a key of the table above",
    'fetch = { every = "5m" }',
    "fetch.every: unknown key in [source.a.fetch]; it belongs into [source.a] itself",
  ],
  [
    "a key of a list of tables",
    'to = "maildir:m"',
    "to: unknown key in [source.a]; it belongs into a table of its own, [[source.a.deliver]]",
  ],
  ["a word of other programs", "ssl = true", "ssl: unknown key in [source.a]; did you mean tls?"],
  [
    "another word of theirs",
    "delete = true",
    'delete: unknown key in [source.a]; server = { keep = "0" } removes there what is safely here',
  ],
  [
    "a key nobody knows",
    "fetch = { zzz = 1 }",
    "fetch.zzz: unknown key in [source.a.fetch]; write one of only, max_size, oversize, order, max_messages",
  ],
  [
    "a choice there is not",
    'tls = "ssl"',
    'tls: "ssl" is not known here; write "implicit", "stls-required", "stls-if-offered" or "none"',
  ],
  [
    "one table where several may stand",
    'deliver = { to = "maildir:m" }',
    'deliver: a table is not a list of tables; write [[source.NAME.deliver]], with two brackets on each side, and below it to = "maildir:~/Maildir"',
  ],
  [
    "a number for a name",
    "mailbox = 5",
    'mailbox: 5 is not the name of a mailbox; write it in quotes, such as "INBOX"',
  ],
  [
    "a date for a duration",
    "every = 2026-01-01",
    'every: 2026-01-01 is not a duration from 10s to 20d; write a number and a unit (ms, s, m, h, d), such as "10m"',
  ],
  [
    "a certificate without its key",
    'certificate = "c.pem"',
    'certificate: a certificate without its key; add key = "FILE"',
  ],
  ["a key without its certificate", 'key = "k.pem"', 'key: a key without its certificate; add certificate = "FILE"'],
];
for (const [claim, line, said] of SAID)
  test(`what is right is said to ${claim}`, () => {
    assert.deepEqual(
      problems(`${SMALL}${line}\n`).map((problem) => problem.replace(/^FILE:6:\d+: source\.a\./, "")),
      [said],
    );
  });

test("the scheme of a destination may be in capitals, and an empty list of them is none", () => {
  const [upper, lower] = ["Maildir", "maildir"].map((scheme) =>
    sourceOf(`${SMALL}deliver = [{ to = "${scheme}:M" }]\n`),
  );
  assert.deepEqual(upper?.destinations, lower?.destinations);
  assert.deepEqual(sourceOf(`${SMALL}deliver = []\n`), sourceOf(SMALL));
  assert.match(
    problems(`${SMALL.replace('account = "me"\n', "")}deliver = []\n`).join(),
    /says nowhere where the mail goes/,
  );
});
