// The threads that read: what they refuse, what they end, and that nobody else hears of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openMailReader, ReadingError } from "../../src/message/index.ts";
import type { MailReader, MailReaderOptions } from "../../src/message/index.ts";
import { PATIENT } from "./corpus.ts";

const HEADER = "From: a@b.example\r\nSubject: large\r\nContent-Type: text/html\r\n\r\n";

/** Forty megabytes that no program reads in a few milliseconds. */
function large(): Uint8Array {
  return new Uint8Array(Buffer.from(HEADER + "<b>words and words\r\n".repeat(2_000_000)));
}

function small(): Uint8Array {
  return new Uint8Array(Buffer.from("Subject: small\r\n\r\nhello\r\n"));
}

async function withReader(
  options: Partial<MailReaderOptions>,
  use: (reader: MailReader) => Promise<void>,
): Promise<void> {
  const reader = openMailReader({ threads: 1, taskMs: PATIENT, ...options });
  try {
    await use(reader);
  } finally {
    await reader.close();
  }
}

test("a message that takes too long keeps its header, and the next one is read", async () => {
  await withReader({ taskMs: { ...PATIENT, read: 15, summarize: 15 } }, async (reader) => {
    const read = await reader.read(large());
    assert.equal(read.summary.isUnreadable, true);
    assert.equal(read.summary.subject, "large");
    assert.deepEqual(read.problems, ["took-too-long"]);
    const summary = await reader.summarize(large());
    assert.deepEqual([summary.isUnreadable, summary.subject, summary.text], [true, "large", ""]);
    assert.equal((await reader.part(small(), "1")).content.byteLength, 7);
  });
});

test("a reader that is expected to read has one thread, which reads what comes", async () => {
  const started: unknown[] = [];
  const count = (thread: unknown): unknown => started.push(thread);
  process.on("worker", count);
  try {
    await withReader({ threads: 4 }, async (reader) => {
      reader.expect();
      reader.expect();
      assert.equal((await reader.summarize(small())).subject, "small");
      reader.expect();
      assert.equal((await reader.summarize(small())).subject, "small");
      await reader.close();
      reader.expect();
    });
    assert.equal(started.length, 1);
  } finally {
    process.off("worker", count);
  }
});

test("a body that takes too long is refused with a reason", async () => {
  await withReader({ taskMs: { ...PATIENT, html: 15 } }, async (reader) => {
    const options = { images: "blocked", theme: "as-sent" } as const;
    await assert.rejects(reader.html(large(), "1", options), (error: unknown) => {
      return error instanceof ReadingError && error.failure === "took-too-long";
    });
  });
});

test("a body that grows beyond what a page may have is text, and its page is refused", async () => {
  await withReader({}, async (reader) => {
    const octets = (): Uint8Array => new Uint8Array(Buffer.from(HEADER + "<p>>>> words\r\n".repeat(200_000)));
    const [body] = (await reader.read(octets())).bodies;
    assert.equal(body?.kind === "html" && body.isTooLarge, true);
    const grown = new Uint8Array(Buffer.from(HEADER + ">".repeat(2_500_000)));
    await assert.rejects(reader.html(grown, "1", { images: "blocked", theme: "as-sent" }), { failure: "too-large" });
  });
});

test("a thread that needs more memory than it may have ends alone", async () => {
  await withReader({ heapMebibytesMax: 32 }, async (reader) => {
    const wide = new Uint8Array(
      Buffer.from(HEADER + "<p a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=0 k=1 l=2 m=3 n=4>words".repeat(29_000)),
    );
    const read = await reader.read(wide);
    assert.deepEqual([read.summary.isUnreadable, read.summary.subject], [true, "large"]);
    assert.equal((await reader.summarize(small())).subject, "small");
  });
});

test("a message beyond what is parsed is shown by its header", async () => {
  await withReader({}, async (reader) => {
    const huge = new Uint8Array(64 * 1024 * 1024 + 1);
    huge.set(Buffer.from("Subject: huge\r\n\r\n"));
    const { summary, problems, bodies, parts } = await reader.read(huge);
    assert.deepEqual([summary.subject, summary.isUnreadable, bodies, parts], ["huge", true, [], []]);
    assert.deepEqual(problems, ["too-large"]);
    await assert.rejects(reader.part(new Uint8Array(64 * 1024 * 1024 + 1), "1"), { failure: "too-large" });
  });
});

test("an attachment of fifty megabytes is decoded in less memory for texts than it has octets", async () => {
  const attachment = Buffer.alloc(50_000_000, "An attachment, of words nobody counts. ");
  // Lines that end in the middle of what four letters stand for (RFC 2045 §6.8: line ends are no data).
  const lines = attachment.toString("base64").replaceAll(/.{9999}/g, "$&\r\n");
  const head = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  await withReader({ heapMebibytesMax: 40 }, async (reader) => {
    const { content } = await reader.part(new Uint8Array(Buffer.from(`${head}${lines}\r\n`, "latin1")), "1");
    assert.ok(attachment.equals(content));
  });
});

test("parts that are handed over together are whole, large and small ones", async () => {
  const texts = ["one", "2".repeat(100_000), "three", "four"];
  const parts = texts.map((text) => `--b\r\nContent-Disposition: attachment\r\n\r\n${text}\r\n`).join("");
  const letter = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`;
  await withReader({}, async (reader) => {
    for (const round of [1, 2]) {
      const contents = await reader.parts(new Uint8Array(Buffer.from(letter)), ["1", "2", "3", "4"]);
      const isWhole = contents.map(({ content }, at) => Buffer.from(content).toString() === texts[at]);
      assert.deepEqual(isWhole, [true, true, true, true], `round ${round}`);
    }
  });
});

test("who comes when too many wait is refused, those who wait are answered", async () => {
  await withReader({ waitingMax: 2 }, async (reader) => {
    const [first, second, third] = [reader.summarize(small()), reader.summarize(small()), reader.summarize(small())];
    await assert.rejects(third, /too many/);
    assert.deepEqual(
      (await Promise.all([first, second])).map(({ subject }) => subject),
      ["small", "small"],
    );
  });
});

test("closing ends what runs and what waits, and nothing begins after it", async () => {
  const reader = openMailReader({ threads: 1, taskMs: PATIENT });
  const pending = [reader.read(large()), reader.read(small()), reader.part(small(), "1")].map((promise) =>
    assert.rejects(promise, /closed/),
  );
  await reader.close();
  await Promise.all(pending);
  await assert.rejects(reader.summarize(small()), /closed/);
});

test("octets that own their buffer are handed over, others are copied", async () => {
  await withReader({}, async (reader) => {
    const own = small();
    const shared = new Uint8Array(Buffer.concat([small(), Buffer.from("x")]).buffer, 0, 20);
    const before = Uint8Array.from(shared);
    await reader.summarize(own);
    await reader.summarize(shared);
    assert.equal(own.byteLength, 0);
    assert.deepEqual(shared, before);
  });
});
