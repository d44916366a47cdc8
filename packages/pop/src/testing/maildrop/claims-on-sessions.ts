// One session at a time, on a view that holds still (RFC 1939 §4), and what happens to a holder that went to sleep.
import assert from "node:assert/strict";
import { deliver, deliverAll, listingOf, look, numbersOf, open, textsIn, textsOf } from "./sessions.ts";
import type { Place } from "./sessions.ts";
import type { Claim } from "./setting.ts";

const inUse = { code: "MAILDROP_IN_USE" };

async function isBusy(place: Place): Promise<void> {
  await assert.rejects(open(place), inUse);
}

export function claimsOnSessions(claim: Claim): void {
  claimsOnSnapshots(claim);
  claimsOnTheLock(claim);
  claimsOnTakeover(claim);
}

function claimsOnSnapshots(claim: Claim): void {
  claim("P3-S-055 mail delivered during a session does not show in it", ["stable-snapshot"], async (place) => {
    await deliverAll(place, ["a", "b"]);
    const maildrop = await open(place);
    const before = listingOf(maildrop);
    await deliverAll(place, ["c", "d"]);
    assert.equal(maildrop.count, 2);
    assert.equal(maildrop.octets, 6);
    assert.deepEqual(listingOf(maildrop), before);
    assert.deepEqual(await textsOf(maildrop), ["a\r\n", "b\r\n"]);
    await maildrop.release();
    assert.deepEqual(await textsIn(place), ["a\r\n", "b\r\n", "c\r\n", "d\r\n"]);
  });

  claim(
    "P3-S-050 a message removed by another party during a session stays readable in it",
    ["stable-snapshot", "removeBeside"],
    async (setting) => {
      const large = `${"z".repeat(99)}\r\n`.repeat(4_000);
      const delivered = await deliverAll(setting, ["a", large, "c"]);
      const maildrop = await open(setting);
      const before = listingOf(maildrop);
      await setting.removeBeside(
        setting.account,
        delivered.slice(0, 2).map((message) => message.messageId),
      );
      assert.deepEqual(listingOf(maildrop), before);
      assert.deepEqual(await textsOf(maildrop), ["a\r\n", large, "c\r\n"]);
      await maildrop.release();
      assert.deepEqual(await textsIn(setting), ["c\r\n"]);
    },
  );

  claim("a message removed by another party can still be marked and committed", ["removeBeside"], async (setting) => {
    const [first] = await deliverAll(setting, ["a", "b", "c"]);
    const maildrop = await open(setting);
    await setting.removeBeside(setting.account, [first?.messageId ?? 0]);
    assert.equal(await maildrop.commit(new Set([1, 2])), "done");
    assert.deepEqual(await textsIn(setting), ["c\r\n"]);
  });

  claim("maildrops do not see each other's mail", [], async ({ store, account, otherAccount }) => {
    await deliver({ store, account }, "mine");
    await deliver({ store, account: otherAccount }, "theirs");
    assert.deepEqual(await textsIn({ store, account }), ["mine\r\n"]);
    assert.deepEqual(await textsIn({ store, account: otherAccount }), ["theirs\r\n"]);
  });
}

function claimsOnTheLock(claim: Claim): void {
  claim("a maildrop in use is refused to a second session, and to it alone", ["exclusive-lock"], async (setting) => {
    const { store, otherAccount } = setting;
    await deliver(setting, "a");
    const holder = await open(setting);
    await isBusy(setting);
    await isBusy(setting);
    await look({ store, account: otherAccount }, (maildrop) => assert.equal(maildrop.count, 0));
    assert.equal(await holder.commit(new Set([1])), "done");
    assert.deepEqual(await textsIn(setting), []);
  });

  claim("of twenty sessions that ask at once one gets the maildrop", ["exclusive-lock"], async (place) => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => open(place)));
    const refused = asked.filter((answer) => answer.status === "rejected");
    assert.equal(refused.length, 19);
    for (const { reason } of refused) assert.equal((reason as { code?: string }).code, inUse.code);
  });

  claim("release and commit both give the maildrop back", ["exclusive-lock"], async (place) => {
    await (await open(place)).release();
    await (await open(place)).commit(new Set());
    const third = await open(place);
    await isBusy(place);
    await third.release();
    await look(place, (maildrop) => assert.equal(maildrop.count, 0));
  });

  claim("the lock does not outlive its owner", ["exclusive-lock", "reopen"], async (setting) => {
    await deliver(setting, "a");
    await open(setting);
    const place = { ...setting, store: await setting.reopen() };
    assert.deepEqual(await textsIn(place), ["a\r\n"]);
  });

  claim("an open that was given up before it began holds nothing", ["exclusive-lock"], async ({ store, account }) => {
    const signal = AbortSignal.abort(new Error("gone"));
    await assert.rejects(store.open(account, { holder: "gone", onBusy: "reject", signal }));
    await look({ store, account }, (maildrop) => assert.equal(maildrop.count, 0));
  });
}

function claimsOnTakeover(claim: Claim): void {
  claim(
    "a session whose maildrop was taken over removes nothing and hears of it",
    ["exclusive-lock"],
    async (place) => {
      await deliverAll(place, ["a", "b"]);
      const old = await open(place);
      const taker = await open(place, "takeover");
      assert.equal(await old.commit(new Set([1])), "lost-lease");
      assert.equal(await old.commit(new Set([1])), "lost-lease");
      assert.deepEqual(await textsOf(taker), ["a\r\n", "b\r\n"]);
      assert.equal(await taker.commit(new Set([2])), "done");
      assert.deepEqual(await textsIn(place), ["a\r\n"]);
    },
  );

  claim(
    "a session whose maildrop was taken over cannot unlock it or win it back",
    ["exclusive-lock"],
    async (place) => {
      await deliver(place, "a");
      const old = await open(place);
      const taker = await open(place, "takeover");
      old.touch();
      await old.release();
      await isBusy(place);
      assert.equal(await taker.commit(new Set([1])), "done");
    },
  );

  claim(
    "a session whose maildrop was taken over can still read what it listed",
    ["exclusive-lock", "stable-snapshot"],
    async (place) => {
      await deliverAll(place, ["a", "b"]);
      const old = await open(place);
      const taker = await open(place, "takeover");
      assert.equal(await taker.commit(new Set([1, 2])), "done");
      assert.deepEqual(await textsOf(old), ["a\r\n", "b\r\n"]);
      assert.equal(await old.commit(new Set([1])), "lost-lease");
    },
  );

  claim(
    "P3-S-054 a holder idle for more than 60 s is taken over",
    ["exclusive-lock", "advanceClock"],
    async (setting) => {
      await deliverAll(setting, ["a", "b"]);
      const old = await open(setting);
      await setting.advanceClock(59_000);
      await isBusy(setting);
      old.touch();
      await setting.advanceClock(59_000);
      await isBusy(setting);
      await setting.advanceClock(2_000);
      const taker = await open(setting);
      assert.equal(await old.commit(new Set([1])), "lost-lease");
      assert.equal(await taker.commit(new Set([2])), "done");
      assert.deepEqual(await textsIn(setting), ["a\r\n"]);
    },
  );

  claim("an idle holder that nobody replaced may still commit", ["exclusive-lock", "advanceClock"], async (setting) => {
    await deliver(setting, "a");
    const old = await open(setting);
    await setting.advanceClock(3_600_000);
    assert.equal(await old.commit(new Set([1])), "done");
    assert.deepEqual(await textsIn(setting), []);
  });

  claim(
    "a commit that races a takeover either happened before it or not at all",
    ["exclusive-lock", "atomic-commit"],
    async (place) => {
      for (let round = 0; round < 20; round += 1) {
        await deliverAll(place, ["a", "b", "c"]);
        const old = await open(place);
        const commit = () => old.commit(new Set([1, 2, 3]));
        const take = () => open(place, "takeover");
        const [outcome, taker] = await (round % 2 === 0
          ? together(commit, take)
          : together(take, commit).then(swapped));
        assert.equal(taker.count, outcome === "done" ? 0 : 3, `outcome ${outcome}`);
        assert.ok(outcome === "done" || outcome === "lost-lease", outcome);
        assert.equal(await taker.commit(new Set(numbersOf(taker))), "done");
      }
    },
  );
}

function together<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
  return Promise.all([first(), second()]);
}

function swapped<A, B>([first, second]: [A, B]): [B, A] {
  return [second, first];
}
