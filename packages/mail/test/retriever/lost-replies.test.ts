// A server that loses replies to commands sent together, and lists sizes that are wrong as well: one message may then be as
// long as another should be, and come in its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSetting } from "./fixture.ts";

const LOSES_FIRST = { on: "RETR 1", times: 1, omit: true };
/** The second, asked for alone after that, is cut. */
const CUTS_THEN = { on: "RETR 2", connection: 2, drop: 10 };

function mail(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `Subject: m${at}\r\nMessage-ID: <${at}@x>\r\n\r\nText of ${at}.\r\n`);
}

/** The second is as long as the first, and said to be longer. */
const TWO = mail(2).map((octets, at) => ({ octets, listedOctets: octets.length + at * 40 }));

/** Of one length, up to the last, which is as long as the one before it is said to be. */
const SIX = mail(6).map((octets, at) => (at === 5 ? `${octets}More.\r\n` : octets));
const SIX_MOVED = SIX.map((octets, at) => ({
  octets,
  listedOctets: at === 4 ? (SIX[5] ?? "").length : octets.length + (at === 5 ? 1 : 0),
}));

test("a reply that is lost among messages of one length costs none of them, and no second run", async (context) => {
  const messages = mail(6);
  const faults = [{ on: "RETR 3", times: 1, omit: true }];
  const setting = await openSetting(context, { messages, faults, keys: { server: { keep: "0" }, timeout: "1s" } });
  const report = await setting.run();
  assert.deepEqual([report.outcome, report.arrived.messages, report.removed], ["ok", 6, 6]);
  assert.deepEqual(setting.texts(), messages);
  assert.equal(setting.peer.maildrop.messages.length, 0);
});

for (const [what, messages, faults, more] of [
  ["the next is as long as it should be", TWO, [LOSES_FIRST], {}],
  ["and the session ends before that is known", TWO, [LOSES_FIRST, CUTS_THEN], {}],
  ["and the run ends before that is known", TWO, [LOSES_FIRST, CUTS_THEN], { delay: true }],
  ["and they share a unique-id", TWO.map((one) => ({ ...one, uniqueId: "one" })), [LOSES_FIRST], {}],
  ["messages of one length move up", SIX_MOVED, [{ ...LOSES_FIRST, on: "RETR 2" }], {}],
  [
    "they move up, in a run that may fetch no more",
    SIX_MOVED,
    [{ ...LOSES_FIRST, on: "RETR 2" }],
    { fetch: { max_messages: 6 } },
  ],
  ["they move up, where there is no other login", SIX_MOVED, [{ ...LOSES_FIRST, on: "RETR 2" }], { delay: true }],
] as const)
  test(`a reply that is lost where sizes are wrong costs no message and doubles none: ${what}`, async (context) => {
    for (const keep of ["forever", "0"]) {
      const { delay, ...keys } = { delay: false, ...more };
      const capabilities = ["TOP", "UIDL", "USER", "PIPELINING", ...(delay ? ["LOGIN-DELAY 60"] : [])];
      const setting = await openSetting(context, {
        messages,
        faults,
        capabilities,
        keys: { server: { keep }, timeout: "1s", ...keys },
      });
      for (let run = 0; run < 4; run += 1) {
        await setting.run();
        setting.aheadMs += 61_000;
      }
      assert.deepEqual(
        setting.texts(),
        messages.map(({ octets }) => octets),
        keep,
      );
      assert.equal(setting.peer.maildrop.messages.length, keep === "0" ? 0 : messages.length, keep);
    }
  });

test("what is asked for again where a reply was lost is removed with no more at once than anything else", async (context) => {
  const more = mail(46).map((octets) => ({ octets }));
  const messages = [...SIX_MOVED, ...more];
  const faults = [{ ...LOSES_FIRST, on: "RETR 2" }];
  const setting = await openSetting(context, {
    messages,
    faults,
    keys: { server: { keep: "0" }, timeout: "1s", commit_every: 6 },
  });
  for (let run = 0; run < 2; run += 1) assert.equal((await setting.run()).outcome, "ok");
  assert.equal(setting.peer.maildrop.messages.length, 0);
  const sessions = setting.peer.connections.map(({ packets }) => packets.join("").match(/^DELE/gm)?.length ?? 0);
  assert.ok(Math.max(...sessions) <= 6, sessions.join());
});

test("a connection that is lost at what is asked for again where a reply was lost ends no run, nor one that is lost there twice", async (context) => {
  for (const connections of [[3], [3, 4]]) {
    const cut = connections.map((connection) => ({ on: "RETR 6", connection, drop: 10 }));
    const faults = [{ ...LOSES_FIRST, on: "RETR 2" }, ...cut];
    const setting = await openSetting(context, { messages: SIX_MOVED, faults, keys: { timeout: "1s" } });
    const { outcome, failed } = await setting.run();
    assert.deepEqual([outcome, failed], ["ok", []], connections.join());
    assert.deepEqual(
      setting.texts(),
      SIX_MOVED.map(({ octets }) => octets),
    );
  }
});

/** Behind the reply, in a packet of its own that meets the next command; each reply from then on is another command's. */
test("a reply too many where one command goes at a time costs no message and doubles none", async (context) => {
  const messages = mail(6);
  const reply = `+OK ${messages[0]?.length} octets\r\n${messages[0]}.\r\n`.length;
  for (const keep of ["forever", "0"])
    for (const behind of [1, 3, 6]) {
      const setting = await openSetting(context, {
        messages,
        faults: [
          {
            on: `RETR ${behind}`,
            times: 1,
            behind: "+OK spurious\r\nSubject: X\r\n\r\n.\r\n",
            split: [reply - 2, reply - 1, reply, reply + 1],
            pauseMs: 20,
          },
        ],
        capabilities: ["TOP", "UIDL", "USER"],
        keys: { server: { keep } },
      });
      for (let run = 0; run < 2; run += 1) assert.equal((await setting.run()).outcome, "ok", `${keep} ${behind}`);
      const texts = setting.texts().filter((text) => text !== "Subject: X\r\n\r\n");
      assert.deepEqual(texts, messages, `${keep}, behind ${behind}`);
      assert.equal(setting.peer.maildrop.messages.length, keep === "0" ? 0 : 6);
    }
});
