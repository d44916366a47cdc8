// What is quoted where not everything could be read: less of a message that cannot be, and nothing of one that was not loaded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadingError, type ReadMessage } from "../../../src/message/index.ts";
import { ApiError } from "../../../src/webmail/api/api-error.ts";
import type { Reading } from "../../../src/webmail/api/reading.ts";
import type { DraftFiles } from "../../../src/webmail/api/writing/draft-files.ts";
import { carry } from "../../../src/webmail/api/writing/carried.ts";
import { seenOf } from "../../../src/webmail/api/writing/seen.ts";

const text = [{ quote: 0, text: "as text" }];
const message = {
  summary: { subject: "Plans" },
  bodies: [{ kind: "html", part: "1", text, isTooLarge: false }],
  parts: [{ part: "2" }],
} as unknown as ReadMessage;

function readingThat(lend: (signal: AbortSignal | undefined) => Promise<never>): Reading {
  return {
    octets: { lend: (_place: unknown, _work: unknown, signal?: AbortSignal) => lend(signal) },
    house: { log: { warn: () => undefined } },
  } as unknown as Reading;
}

function seen(reading: Reading, signal = new AbortController().signal) {
  return seenOf(reading, { account: "1", messageId: 1, message, signal });
}

test("a body that cannot be read is quoted as its text; what was not loaded is no worse quote, but refused", async () => {
  const failing = (error: Error) => seen(readingThat(() => Promise.reject(error)));
  const [body] = await failing(new ReadingError("took-too-long"));
  assert.deepEqual(body, { blocks: text, html: undefined, isWhole: false });
  await assert.rejects(failing(new ApiError("busy", "too much")), { code: "busy" });
  const gone = Object.assign(new Error("gone"), { code: "NO_SUCH_MESSAGE" });
  await assert.rejects(failing(gone), { code: "NO_SUCH_MESSAGE" });
});

test("who goes away from an answer or a forward leaves the line for its message", async () => {
  const leaving = new AbortController();
  leaving.abort(new Error("left"));
  const reading = readingThat((signal) => Promise.reject((signal?.reason as Error | undefined) ?? new Error("stays")));
  const { signal } = leaving;
  await assert.rejects(seen(reading, signal), /left/);
  const o = { account: "1", messageId: 1, draft: "d", message, signal };
  const files = {} as DraftFiles;
  await assert.rejects(carry(reading, files, { ...o, kind: "forward" }), /left/);
  await assert.rejects(carry(reading, files, { ...o, kind: "forward-attached" }), /left/);
});
