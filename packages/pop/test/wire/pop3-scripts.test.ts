// Whole conversations, from octets to octets; each also cut at every octet and fed octet by octet.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { advanceServer, lineOctetsMax, LineReader } from "../../src/wire/index.ts";
import { cutAt, octets } from "./octet-text.ts";
import { CLEARTEXT, greeted, linesIn, LOOPBACK, play, type World } from "./session-player.ts";

const SEED = 1_939_010;
const MAIL = { messages: ["Subject: a\r\n\r\n.\r\nb\r\n", "H: x\r\n"] };
const LOGIN = "USER mrose\r\nPASS secret\r\n";
const LOGGED_IN = "+OK POP3 ready\r\n+OK send the password\r\n+OK maildrop has 2 messages (26 octets)\r\n";
const WRONG_STATE = "-ERR not allowed in this state\r\n";

interface Script {
  readonly claim: string;
  readonly says: string;
  readonly hears: string;
  readonly world?: World;
  readonly committed?: readonly number[];
}

const scripts: readonly Script[] = [
  {
    claim: "a session of RFC 1939 §10: list, retrieve, mark, leave",
    says: `${LOGIN}STAT\r\nLIST\r\nRETR 1\r\nDELE 1\r\nRETR 2\r\nDELE 2\r\nQUIT\r\n`,
    hears:
      `${LOGGED_IN}+OK 2 26\r\n+OK 2 messages (26 octets)\r\n1 20\r\n2 6\r\n.\r\n` +
      "+OK 20 octets\r\nSubject: a\r\n\r\n..\r\nb\r\n.\r\n+OK message 1 deleted\r\n" +
      "+OK 6 octets\r\nH: x\r\n.\r\n+OK message 2 deleted\r\n+OK bye\r\n",
    committed: [1, 2],
  },
  {
    claim: "a pipelined run of RETRs, with one that is refused in the middle",
    says: `${LOGIN}RETR 2\r\nretr 2 \r\nRETR 3\r\nRETR 2\r\nNOOP\r\n`,
    hears:
      `${LOGGED_IN}${"+OK 6 octets\r\nH: x\r\n.\r\n".repeat(2)}-ERR no such message\r\n` +
      "+OK 6 octets\r\nH: x\r\n.\r\n+OK still here\r\n",
  },
  {
    claim: "a SASL exchange of three steps after a cancelled one and one that is not base64",
    says: "AUTH PLAIN\r\n*\r\nAUTH PLAIN\r\nno!\r\nAUTH PLAIN\r\nbW9yZQ==\r\nbGV0IG1lIGlu\r\nSTAT\r\n",
    hears:
      "+OK POP3 ready\r\n+ \r\n-ERR authentication cancelled\r\n+ \r\n-ERR response is not base64\r\n" +
      "+ \r\n+ Z28gb24=\r\n+OK maildrop has 2 messages (26 octets)\r\n+OK 2 26\r\n",
  },
  {
    claim: "a login in use, twice",
    says: `${LOGIN}STAT\r\n${LOGIN}`,
    hears:
      `+OK POP3 ready\r\n+OK send the password\r\n-ERR [IN-USE] maildrop is locked by another session\r\n${WRONG_STATE}` +
      "+OK send the password\r\n-ERR [IN-USE] maildrop is locked by another session\r\n",
    world: { opens: "MAILDROP_IN_USE" },
  },
  {
    claim: "a removal that fails",
    says: `${LOGIN}DELE 2\r\nQUIT\r\n`,
    hears: `${LOGGED_IN}+OK message 2 deleted\r\n-ERR [SYS/TEMP] some deleted messages not removed\r\n`,
    world: { commits: "NOTHING_REMOVED" },
    committed: [2],
  },
  {
    claim: "line ends of all kinds, and half a command at the end",
    says: `USER mrose\nPASS secret\r\nNOOP\rNOOP\n\r\nDELE 1\r\nQUIT`,
    hears: `${LOGGED_IN}-ERR bad argument\r\n-ERR unknown command\r\n+OK message 1 deleted\r\n`,
  },
  {
    claim: "a command over its limit between two good ones",
    says: `${LOGIN}NOOP\r\nRETR ${"1".repeat(300)}\r\nNOOP\r\n`,
    hears: `${LOGGED_IN}+OK still here\r\n-ERR line too long\r\n+OK still here\r\n`,
    world: { policy: { commandOctetsMax: 255 } },
  },
];

function heard(script: Script, chunks: readonly Uint8Array[]): readonly [string, readonly number[] | undefined] {
  const played = play(chunks, { ...MAIL, ...script.world });
  return [played.sent, played.committed];
}

for (const script of scripts) {
  test(`${script.claim}, cut at every octet`, () => {
    const said = octets(script.says);
    const expected = [script.hears, script.committed];
    assert.deepEqual(heard(script, [said]), expected);
    for (let place = 1; place < said.length; place += 1)
      assert.deepEqual(heard(script, cutAt(said, [place])), expected);
    assert.deepEqual(
      heard(
        script,
        Array.from(said, (octet) => Uint8Array.of(octet)),
      ),
      expected,
    );
  });
}

test(`any cutting of any of these conversations gives the same answers (seed ${SEED})`, () => {
  const sample = fc.tuple(fc.constantFrom(...scripts), fc.array(fc.nat(400), { maxLength: 20 }));
  fc.assert(
    fc.property(sample, ([script, places]) => {
      assert.deepEqual(heard(script, cutAt(octets(script.says), places)), [script.hears, script.committed]);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

requirement("P3-S-010", "a bare LF ends a command, a bare CR does not", () => {
  assert.equal(play([octets(`${LOGIN}NOOP\n`)], MAIL).sent, `${LOGGED_IN}+OK still here\r\n`);
  assert.equal(play([octets(`${LOGIN}NOOP\rNOOP\n`)], MAIL).sent, `${LOGGED_IN}-ERR bad argument\r\n`);
});

requirement(["P3-S-004", "P3-S-009"], "every reply begins with +OK, -ERR or + in upper case and ends with CRLF", () => {
  for (const script of scripts) {
    const { sent } = play([octets(script.says)], { ...MAIL, ...script.world });
    assert.equal(sent, script.hears);
    // No bare CR and no bare LF: what is left without CRLF has neither.
    assert.doesNotMatch(sent.replaceAll("\r\n", ""), /[\r\n]/u);
    assert.ok(sent.endsWith("\r\n"));
    // A multi-line reply goes to its dot; every line outside of one is a status line or a challenge.
    const singles = sent.replaceAll(/^(\+OK \d+ (?:messages|octets)).*\r\n(?:(?!\.\r\n).*\r\n)*\.\r\n/gmu, "$1\r\n");
    for (const line of singles.split("\r\n").slice(0, -1)) assert.match(line, /^(\+OK |-ERR |\+ )/u);
  }
});

requirement(
  "P3-S-008",
  "a line without end is answered one -ERR, costs no memory, and the next command is read cleanly",
  () => {
    const session = greeted({ channel: LOOPBACK });
    const reader = new LineReader();
    const limit = (head: Uint8Array): number => lineOctetsMax(session, head);
    const replies: string[] = [];
    let bufferedMax = 0;
    const take = (chunk: Uint8Array): void => {
      reader.push(chunk);
      for (let line = reader.next(limit); line !== undefined; line = reader.next(limit)) {
        replies.push(...linesIn(advanceServer(session, line.kind === "line" ? line : { kind: "line-too-long" })));
      }
      bufferedMax = Math.max(bufferedMax, reader.buffered);
    };
    take(octets("NOOP"));
    const flood = new Uint8Array(65_536).fill(0x41);
    for (let count = 0; count < 160; count += 1) take(flood);
    take(octets("\r\nUSER mrose\r\n"));
    assert.deepEqual(replies, ["-ERR line too long", "+OK send the password"]);
    assert.equal(bufferedMax, 4);
  },
);

test("the limit of a command line is 4,096 octets, and 65,536 for AUTH before login", () => {
  const before = greeted();
  assert.equal(lineOctetsMax(before, octets("USER mrose")), 4_096);
  assert.equal(lineOctetsMax(before, octets("AUT")), 4_096);
  assert.equal(lineOctetsMax(before, octets("AUTX PLAIN")), 4_096);
  for (const head of ["AUTH PLAIN", "auth", "AuTh "]) assert.equal(lineOctetsMax(before, octets(head)), 65_536);
  const { session } = play([octets(LOGIN)], MAIL);
  assert.equal(session.state, "transaction");
  assert.equal(lineOctetsMax(session, octets("AUTH PLAIN")), 4_096);
  const exchange = play([octets("AUTH PLAIN\r\n")], MAIL).session;
  assert.equal(lineOctetsMax(exchange, octets("AAAA")), 65_536);
});

requirement(
  "P3-S-153",
  "200 pipelined commands are answered in order, one reply each, wherever the write is cut",
  () => {
    const says = Array.from({ length: 200 }, (_, index) =>
      index % 3 === 0 ? "LIST 1" : index % 3 === 1 ? "FOO" : "LIST 2",
    );
    const answer: Readonly<Record<string, string>> = {
      "LIST 1": "+OK 1 20\r\n",
      FOO: "-ERR unknown command\r\n",
      "LIST 2": "+OK 2 6\r\n",
    };
    const expected = LOGGED_IN + says.map((line) => answer[line]).join("");
    const said = octets(`${LOGIN}${says.map((line) => `${line}\r\n`).join("")}`);
    assert.equal(play([said], MAIL).sent, expected);
    for (let place = 1; place < said.length; place += 1) assert.equal(play(cutAt(said, [place]), MAIL).sent, expected);
  },
);

requirement("P3-S-155", "commands pipelined behind a failed login are each refused, in order", () => {
  const { sent, session } = play([octets("USER mrose\r\nPASS bad\r\nSTAT\r\nRETR 1\r\nQUIT\r\n")], MAIL);
  assert.equal(
    sent,
    "+OK POP3 ready\r\n+OK send the password\r\n-ERR [AUTH] login refused: check name and password\r\n" +
      `${WRONG_STATE}${WRONG_STATE}+OK bye\r\n`,
  );
  assert.equal(session.maildrop, undefined);
});

requirement("P3-S-156", "commands pipelined behind QUIT are ignored", () => {
  for (const [says, hears] of [
    ["QUIT\r\nCAPA\r\n", "+OK POP3 ready\r\n+OK bye\r\n"],
    [`${LOGIN}QUIT\r\nRETR 1\r\nDELE 1\r\n`, `${LOGGED_IN}+OK bye\r\n`],
  ] as const) {
    const played = play([octets(says)], MAIL);
    assert.equal(played.sent, hears);
    assert.equal(played.session.state, "closed");
  }
});

test("after STLS the reader begins anew, and a name sent in cleartext is forgotten", () => {
  const played = play([octets("STLS\r\n"), octets("PASS secret\r\nUSER mrose\r\nPASS secret\r\n")], {
    ...MAIL,
    channel: CLEARTEXT,
  });
  assert.equal(
    played.sent,
    `+OK POP3 ready\r\n+OK begin TLS now\r\n${WRONG_STATE}+OK send the password\r\n+OK maildrop has 2 messages (26 octets)\r\n`,
  );
});

test(`whatever a client says, it hears only well-formed replies, and nothing is removed without QUIT (seed ${SEED})`, () => {
  const word = fc.constantFrom(
    "USER mrose",
    "PASS secret",
    "PASS bad",
    "AUTH PLAIN",
    "AUTH PLAIN bGV0IG1lIGlu",
    "AUTH",
    "*",
    "=",
    "bW9yZQ==",
    "CAPA",
    "STLS",
    "STAT",
    "LIST",
    "LIST 1",
    "UIDL",
    "UIDL 9",
    "RETR 1",
    "RETR 2",
    "TOP 1 0",
    "DELE 1",
    "DELE 2",
    "NOOP",
    "RSET",
    "",
    "\0",
    "\xff",
    "[AUTH]",
    "-1",
    "RETR -1",
    "x".repeat(5_000),
  );
  const lines = fc.array(fc.tuple(word, fc.constantFrom("\r\n", "\n", "\r")), { maxLength: 40 });
  fc.assert(
    fc.property(fc.tuple(lines, fc.array(fc.nat(500), { maxLength: 5 }), fc.boolean()), ([said, places, quits]) => {
      const says = said.map(([line, end]) => line + end).join("") + (quits ? "\r\nQUIT\r\n" : "");
      const whole = play([octets(says)], { ...MAIL, channel: LOOPBACK });
      if (!says.toUpperCase().includes("QUIT")) assert.equal(whole.committed, undefined);
      assert.match(whole.sent, /^(?:(?:\+OK|-ERR) [ -~]+\r\n|\+ [A-Za-z0-9+/]*=*\r\n|[^+-][ -~]*\r\n|\r\n)*$/u);
      // STLS throws away what is buffered behind it, so only without it a cut changes nothing.
      if (!says.includes("STLS"))
        assert.equal(play(cutAt(octets(says), places), { ...MAIL, channel: LOOPBACK }).sent, whole.sent);
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});
