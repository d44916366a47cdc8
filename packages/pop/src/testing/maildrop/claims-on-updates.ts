// The UPDATE state (RFC 1939 §6): QUIT removes what was marked, all of it and nothing else; any other end removes nothing.
import assert from "node:assert/strict";
import { deliver, deliverAll, look, open, textsIn, uniqueIdsOf } from "./sessions.ts";
import type { Claim } from "./setting.ts";

const many = 60;

export function claimsOnUpdates(claim: Claim): void {
  claim("a commit removes exactly the marked messages", [], async (place) => {
    await deliverAll(place, ["a", "b", "c", "d"]);
    const maildrop = await open(place);
    const ids = uniqueIdsOf(maildrop);
    assert.equal(await maildrop.commit(new Set([4, 2])), "done");
    assert.deepEqual(await textsIn(place), ["a\r\n", "c\r\n"]);
    assert.deepEqual(await look(place, uniqueIdsOf), [ids[0], ids[2]]);
    await look(place, (next) => assert.equal(next.octets, 6));
  });

  claim("a commit removes nothing of another maildrop", [], async ({ store, account, otherAccount }) => {
    await deliver({ store, account: otherAccount }, "theirs");
    await deliver({ store, account }, "mine");
    assert.equal(await (await open({ store, account })).commit(new Set([1])), "done");
    assert.deepEqual(await textsIn({ store, account }), []);
    assert.deepEqual(await textsIn({ store, account: otherAccount }), ["theirs\r\n"]);
  });

  claim("a commit of no marks removes nothing", [], async (place) => {
    await deliver(place, "a");
    assert.equal(await (await open(place)).commit(new Set()), "done");
    assert.deepEqual(await textsIn(place), ["a\r\n"]);
  });

  claim(`a commit of ${many} marks removes them all`, [], async (place) => {
    await Promise.all(Array.from({ length: many }, (_, i) => deliver(place, `message ${i}`)));
    const maildrop = await open(place);
    assert.equal(await maildrop.commit(new Set(Array.from({ length: many }, (_, i) => i + 1))), "done");
    await look(place, (next) => assert.deepEqual([next.count, next.octets], [0, 0]));
  });

  claim("P3-S-132 mail that came during the session survives its UPDATE", [], async (place) => {
    await deliver(place, "old");
    const maildrop = await open(place);
    await deliver(place, "new");
    assert.equal(await maildrop.commit(new Set([1])), "done");
    assert.deepEqual(await textsIn(place), ["new\r\n"]);
  });

  claim("a release removes nothing, also the second time", [], async (place) => {
    await deliver(place, "a");
    const maildrop = await open(place);
    await maildrop.release();
    await maildrop.release();
    assert.deepEqual(await textsIn(place), ["a\r\n"]);
  });

  claim("a commit after a release removes nothing and does not say done", [], async (place) => {
    await deliver(place, "a");
    const maildrop = await open(place);
    await maildrop.release();
    assert.notEqual(await maildrop.commit(new Set([1])), "done");
    assert.deepEqual(await textsIn(place), ["a\r\n"]);
  });

  claim("a commit said again has the same outcome and removes nothing more", [], async (place) => {
    await deliverAll(place, ["a", "b", "c"]);
    const maildrop = await open(place);
    const [first, second] = await Promise.all([maildrop.commit(new Set([1])), maildrop.commit(new Set([1]))]);
    assert.deepEqual([first, second], ["done", "done"]);
    await maildrop.release();
    const next = await open(place);
    assert.equal(await maildrop.commit(new Set([1, 2])), "done");
    await maildrop.release();
    assert.equal(next.count, 2);
    assert.equal(await next.commit(new Set([2])), "done");
    assert.deepEqual(await textsIn(place), ["b\r\n"]);
  });

  claim("what a commit said was removed is gone after a restart, and nothing else", ["reopen"], async (setting) => {
    await deliverAll(setting, ["a", "b", "c"]);
    assert.equal(await (await open(setting)).commit(new Set([1, 3])), "done");
    assert.deepEqual(await textsIn({ ...setting, store: await setting.reopen() }), ["b\r\n"]);
  });

  claim("a restart in the middle of a session removes nothing", ["reopen"], async (setting) => {
    await deliverAll(setting, ["a", "b"]);
    await open(setting);
    assert.deepEqual(await textsIn({ ...setting, store: await setting.reopen() }), ["a\r\n", "b\r\n"]);
  });
}
