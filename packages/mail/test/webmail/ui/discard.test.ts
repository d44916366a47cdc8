// A draft that was thrown away, from the end of its undo to the server's word. The server is one, and answers as told.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { showToast } from "../../../src/webmail/ui/acts/toasts.ts";
import { discardDraft, isDiscarded } from "../../../src/webmail/ui/compose/discard.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const CHANGED = { error: { code: "conflict", message: "changed elsewhere", reason: "draft-changed" } };

/** Gives what requests carried. */
async function answering(context: TestContext, answers: (readonly [number, object])[]): Promise<readonly string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""} ${Buffer.concat(chunks).toString()}`);
      const [status, body] = answers.shift() ?? [500, {}];
      response.writeHead(status, { connection: "close" }).end(JSON.stringify(body));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { fetch } = globalThis;
  // A page has an address that a path is of.
  context.mock.method(globalThis, "fetch", (path: string, how: RequestInit) => fetch(new URL(path, origin), how));
  return asked;
}

const words = wordsIn("en", ["en-GB"]);
const draft = { account: "1", id: "draft-thrown", version: 3 };

/** Throws it away, and lets the time of its undo go by. */
function discard(context: TestContext, onRemoved: () => void): void {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  discardDraft(words, draft, { onRemoved });
  showToast({ text: "something else", tone: "plain" });
  context.mock.timers.tick(10_000);
  context.mock.timers.reset();
}

test("what this browser alone has of a draft goes once the server removed the draft, and not when it did not", async (context) => {
  const asked = await answering(context, [
    [409, CHANGED],
    [200, {}],
  ]);
  let removed = 0;
  discard(context, () => (removed += 1));
  assert.ok(isDiscarded(draft.id));
  // Refused, it is there again.
  while (isDiscarded(draft.id)) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(removed, 0);
  await new Promise<void>((resolve) => discard(context, resolve));
  assert.ok(isDiscarded(draft.id));
  const request = `DELETE /api/drafts/${draft.id} ${JSON.stringify({ account: "1", version: 3 })}`;
  assert.deepEqual(asked, [request, request]);
});
