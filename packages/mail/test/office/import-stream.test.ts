import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SourceError, type MailSource, type SourceEntry } from "../../src/delivery/index.ts";
import { decodeSource, encodeSource } from "../../src/office/import-stream.ts";

const SEED = 20261124;

interface Plain {
  readonly name: string;
  readonly body: string | undefined;
  readonly broken: boolean;
}

function sourceOf(list: readonly Plain[]): MailSource {
  return {
    format: "eml",
    measure: () => Promise.resolve({ unit: "messages", total: list.length }),
    entries: async function* () {
      for (const [index, { name, body, broken }] of list.entries()) {
        const position = index + 1;
        if (body === undefined) yield { kind: "skipped", name, reason: "not wanted", position };
        else {
          const open = async function* (): AsyncGenerator<Uint8Array> {
            yield Buffer.from(body);
            if (broken) throw new SourceError("the file ends too early");
          };
          yield {
            kind: "message",
            name,
            mailbox: "INBOX",
            keywords: ["$seen"],
            receivedAt: undefined,
            modifiedAt: 7,
            position,
            open,
          };
        }
      }
    },
  };
}

async function* cut(stream: AsyncIterable<Uint8Array>, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let turn = 0;
  for await (const chunk of stream) {
    let at = 0;
    while (at < chunk.length) {
      const size = sizes[turn++ % sizes.length] ?? 1;
      yield chunk.subarray(at, at + size);
      at += size;
    }
  }
}

async function readBack(
  stream: AsyncIterable<Uint8Array>,
  wanted: (index: number) => boolean,
): Promise<readonly Plain[]> {
  const { source } = await decodeSource(stream);
  const seen: Plain[] = [];
  for await (const entry of source.entries())
    seen.push(wanted(seen.length) ? await readEntry(entry) : { name: entry.name, body: undefined, broken: false });
  return seen;
}

async function readEntry(entry: SourceEntry): Promise<Plain> {
  if (entry.kind === "skipped") return { name: entry.name, body: undefined, broken: false };
  const parts: Uint8Array[] = [];
  try {
    for await (const chunk of entry.open()) parts.push(chunk);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    assert.equal(error.message, "the file ends too early");
    return { name: entry.name, body: Buffer.concat(parts).toString(), broken: true };
  }
  return { name: entry.name, body: Buffer.concat(parts).toString(), broken: false };
}

const plain = fc.record(
  { name: fc.string(), body: fc.option(fc.string({ maxLength: 200 }), { nil: undefined }), broken: fc.boolean() },
  { noNullPrototype: true },
);

test(`any source in any chunks comes out as it went in (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(plain, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      async (list, sizes) => {
        const expected = list.map((entry) => (entry.body === undefined ? { ...entry, broken: false } : entry));
        assert.deepEqual(await readBack(cut(encodeSource(sourceOf(list)), sizes), () => true), expected);
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
});

test("a message nobody opens is passed over, and the next one is whole", async () => {
  const list = ["one", "two", "three"].map((body) => ({ name: body, body, broken: false }));
  const seen = await readBack(encodeSource(sourceOf(list)), (index) => index === 2);
  assert.deepEqual(
    seen.map(({ body }) => body),
    [undefined, undefined, "three"],
  );
});

test("a reader that stops in the middle of a message does not spoil the next one", async () => {
  const list = ["one", "two"].map((body) => ({ name: body, body, broken: false }));
  const { source } = await decodeSource(encodeSource(sourceOf(list)));
  const bodies: string[] = [];
  for await (const entry of source.entries()) {
    if (entry.kind === "skipped") continue;
    for await (const chunk of entry.open()) {
      bodies.push(Buffer.from(chunk).toString());
      break;
    }
  }
  assert.deepEqual(bodies, ["one", "two"]);
});

test("a stream cut anywhere is told, never taken for a shorter source", async () => {
  const list = ["one", "two"].map((body) => ({ name: body, body, broken: false }));
  const parts: Uint8Array[] = [];
  for await (const chunk of encodeSource(sourceOf(list))) parts.push(chunk);
  const whole = Buffer.concat(parts);
  for (let at = 0; at < whole.length; at += 1) {
    const piece = (async function* () {
      yield whole.subarray(0, at);
    })();
    await assert.rejects(
      readBack(piece, () => true),
      /cut off/,
      `cut at ${at}`,
    );
  }
});
