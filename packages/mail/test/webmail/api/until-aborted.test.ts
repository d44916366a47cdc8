// Who asked may be gone before the answer has begun.
import assert from "node:assert/strict";
import { test } from "node:test";
import { untilAborted } from "../../../src/webmail/api/until-aborted.ts";

test("work that fails when nobody waits for it any more troubles nobody", async () => {
  const gone = new Error("gone");
  // A rejection nobody takes would end the process, and this test with it.
  await assert.rejects(untilAborted(Promise.reject(new Error("no such message")), AbortSignal.abort(gone)), gone);
  const leaving = new AbortController();
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<never>((_, reject) => (fail = reject));
  const waiting = untilAborted(work, leaving.signal);
  leaving.abort(gone);
  await assert.rejects(waiting, gone);
  fail(new Error("no such message"));
  assert.equal(await untilAborted(Promise.resolve(1), new AbortController().signal), 1);
});
