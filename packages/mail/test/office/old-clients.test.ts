// What old programs speak, against the whole office: other people's programs log in by APOP and CRAM-MD5.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { needs } from "../../../../interop/peers.ts";
import { runProgram } from "../../../../interop/product.ts";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { openTestOffice, Talk, type TestOffice } from "./test-office.ts";

const LETTER = Buffer.from(
  "From: Jürgen <jürgen@bücher.example>\r\nSubject: Grüße\r\nX-Note: für dich\r\n\r\n.Zeile für dich\r\n",
);

let here: TestOffice;
let secret = "";
let password = "";

before(async () => {
  here = await openTestOffice({ keys: { "pop.apop": true, "pop.last": true, "pop.language": "de" } });
  const { accounts, store } = here.office.house;
  ({ password } = await accounts.add({ name: "anna" }));
  await accounts.addAppPassword("anna", "old");
  secret = (await accounts.setApopSecret("anna/old")).password;
  const account = store.directory.accountNamed("anna")?.account ?? "";
  await store.deliver(account, { body: [LETTER] });
});
after(() => here.stop());

const POPLIB = `
import poplib, sys
port, login, secret, way = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
p = poplib.POP3("127.0.0.1", port, timeout=30)
if way == "apop":
    p.apop(login, secret)
else:
    if way == "utf8":
        p.utf8()
    p.user(login)
    p.pass_(secret)
count, octets = p.stat()
listed = int(p.list(1).split()[2])
_, lines, _ = p.retr(1)
mail = b"\\r\\n".join(lines) + b"\\r\\n"
assert len(mail) == listed == octets, (len(mail), listed, octets)
sys.stdout.write(mail.hex())
p.quit()
`;

async function poplib(login: string, shown: string, way: string): Promise<Buffer> {
  const args = ["-c", POPLIB, String(here.port("pop3")), login, shown, way];
  const { stdout, stderr, code } = await runProgram("python3", args);
  assert.equal(code, 0, stderr);
  return Buffer.from(stdout, "hex");
}

void test("Python's poplib in UTF8 mode reads internationalised mail octet for octet", needs("python3"), async () => {
  assert.ok((await poplib("anna", password, "utf8")).equals(LETTER));
});

void test("Python's poplib without UTF8 reads the surrogate, as long as listed", needs("python3"), async () => {
  const mail = (await poplib("anna", password, "plain")).toString();
  assert.match(mail, /^From: =\?utf-8\?B\?.*\.invalid>\r\nSubject: =\?utf-8\?B\?.*\r\n\r\n\.Zeile für dich\r\n$/su);
});

void test("Python's poplib logs in by APOP", needs("python3"), async () => {
  assert.match((await poplib("anna/old", secret, "apop")).toString(), /^From: /u);
});

for (const way of ["+APOP", "CRAM-MD5"]) {
  void test(`curl logs in by ${way}`, needs("curl"), async () => {
    const who = `anna/old:${secret}`;
    const url = `pop3://127.0.0.1:${here.port("pop3")}/`;
    const args = ["--silent", "--show-error", "--noproxy", "*", "--user", who, "--login-options", `AUTH=${way}`, url];
    const { stdout, stderr, code } = await runProgram("curl", args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^1 \d+\r\n$/u);
  });
}

void test("mpop logs in by APOP and by CRAM-MD5", needs("mpop"), async () => {
  for (const way of ["apop", "cram-md5"]) {
    const args = [
      "--host=127.0.0.1",
      `--port=${here.port("pop3")}`,
      "--tls=off",
      `--auth=${way}`,
      "--user=anna/old",
      `--passwordeval=echo ${secret}`,
      "--delivery=mbox,/dev/null",
      "--status-only",
    ];
    const { stdout, stderr, code } = await runProgram("mpop", args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /1 message/u);
  }
});

requirement("P3-S-038", "with APOP on the greeting has one msg-id, and LAST is spoken", async () => {
  const talk = new Talk(here.port("pop3"));
  assert.match((await talk.line()) ?? "", /^\+OK [^<>]*<[0-9a-f]{24}\.\d+@mail\.example\.org>$/u);
  assert.match((await talk.say("LANG *")) ?? "", /^\+OK de /u);
  await talk.say("USER anna");
  assert.match((await talk.say(`PASS ${password}`)) ?? "", /^\+OK im Postfach: 1 Nachricht/u);
  assert.equal(await talk.say("LAST"), "+OK 0");
  talk.close();
});

requirement("P3-S-039", "10,000 greetings have 10,000 timestamps, of 64 random bits and more", async () => {
  const { makeTimestamp } = await import("@restante/pop/sasl");
  const stamps = Array.from({ length: 10_000 }, () => makeTimestamp("mail.example.org"));
  assert.equal(new Set(stamps).size, stamps.length);
  // 24 hex digits are 96 bits.
  assert.ok(stamps.every((stamp) => /^<[0-9a-f]{24}\./u.test(stamp)));
  assert.match(makeTimestamp("not a host"), /@localhost>$/u);
});

requirement("P3-S-040", "the digest of RFC 1939 §7 is the one printed there", async () => {
  const { APOP } = await import("@restante/pop/sasl");
  const digest = APOP.digest("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf");
  assert.equal(digest, "c4c9334bac560ecc979e58001b3e22fb");
});
