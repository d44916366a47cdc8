// What collecting asks a person: on a terminal there and then, in `plan` beforehand.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { withSource, type House } from "./source-house.ts";
import { atTerminal, type AtTerminal } from "./terminal.ts";

const THIRTY = Array.from({ length: 30 }, (_, n) => ({
  octets: `Subject: ${n}\r\nMessage-ID: <${n}@x>\r\n\r\n${n}\r\n`,
  uniqueId: `u${n}`,
}));

const MANY = "work: remove 30 of 30 messages from the server in one run? [y/N] ";

/** Everything was collected in an earlier run, and is to be removed now. */
async function withMuchToRemove(body: (house: House) => Promise<void>): Promise<void> {
  await withSource({ messages: THIRTY, lines: ['server = { keep = "forever" }'] }, async (house) => {
    await house.fetch("run");
    writeFileSync(house.file, readFileSync(house.file, "utf8").replace('"forever"', '"0"'));
    await body(house);
  });
}

const runAndSay = ({ file, data }: House, answer: string): Promise<AtTerminal> =>
  atTerminal(["fetch", "run", "-c", file, "--data", data], {
    question: MANY,
    answer,
    env: { WORK_PASSWORD: "secret" },
  });

for (const answer of ["y", "Yes"])
  test(`at a terminal a run asks before it removes much, and "${answer}" has it go on there and then`, async () => {
    await withMuchToRemove(async (house) => {
      const { code, screen } = await runAndSay(house, answer);
      assert.equal(code, 0, screen);
      assert.equal(screen.split(MANY).length - 1, 1, "it asks once");
      assert.match(screen, /work: 0 arrived, 30 removed there/);
      assert.deepEqual(house.left(), []);
    });
  });

for (const answer of ["n", "", "yonder"])
  test(`at a terminal ${JSON.stringify(answer)} is a no: everything stays, and the run says that it waits`, async () => {
    await withMuchToRemove(async (house) => {
      const { code, screen } = await runAndSay(house, answer);
      assert.equal(code, 75, screen);
      assert.ok(screen.includes(MANY), screen);
      assert.equal(house.left().length, 30);
      assert.ok(!house.commands().some((command) => command.startsWith("DELE")));
    });
  });

test("a run asks about what it would remove alone: --allow takes no other question", async () => {
  await withSource({}, async ({ fetch }) => {
    const { code, stderr } = await fetch("run", "--allow", "migration");
    assert.equal(code, 64);
    assert.equal(stderr, "restante: --allow migration is no question; write one of many, clock, restored\n");
    assert.doesNotMatch((await fetch("run", "--help")).stdout, /migration/);
  });
});

test("plan names what a renumbered server leaves to decide; mark-seen is the no, and nothing comes twice", async () => {
  await withSource({ messages: THIRTY }, async ({ fetch, peer, arrived, commands }) => {
    await fetch("run");
    // Twenty are known by size and header; ten have other sizes, so that nobody can tell.
    const renumbered = THIRTY.map(({ octets }, n) => ({
      octets,
      uniqueId: `new-${n}`,
      ...(n < 20 ? {} : { listedOctets: 1_000 + n }),
    }));
    peer.maildrop.replace(renumbered);
    const plan = (await fetch("plan", "--changes")).stdout;
    assert.match(
      plan,
      /^to decide: the server has new unique-ids: 30 known messages are gone and 30 unknown ones came/m,
    );
    assert.match(
      plan,
      /collect the other 10 as new\? A run does; restante fetch state mark-seen work leaves all of them$/m,
    );
    assert.doesNotMatch(plan, /--allow/);
    assert.match((await fetch("state", "mark-seen", "work")).stdout, /^work: 10 marked as seen/);
    const retrieved = (): number => commands().filter((command) => command.startsWith("RETR")).length;
    const before = retrieved();
    assert.match((await fetch("run")).stdout, /^work: 0 arrived, 30 stayed there/);
    assert.equal(retrieved(), before, "the twenty that were known are known still");
    assert.equal(arrived().length, 30);
  });
});

test("a renumbered server whose mail is all known by size and header leaves nothing to decide", async () => {
  await withSource({ messages: THIRTY }, async ({ fetch, peer }) => {
    await fetch("run");
    peer.maildrop.replace(THIRTY.map(({ octets }, n) => ({ octets, uniqueId: `new-${n}` })));
    const { stdout } = await fetch("plan", "--changes");
    assert.match(stdout, /^warning: the server has new unique-ids: .*; 30 of them are known/m);
    assert.doesNotMatch(stdout, /to decide|would ask/);
  });
});
