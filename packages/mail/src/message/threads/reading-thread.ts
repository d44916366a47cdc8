// One thread that reads messages: whatever is in them, the process goes on. Entry point of a worker.
import { parentPort } from "node:worker_threads";
import { partContent, partContents, shownPartContent } from "../reading/part-content.ts";
import { readMessage, summarizeMessage } from "../reading/read-message.ts";
import { quotedBodyOf, safeHtmlOf } from "../reading/safe-html-of.ts";
import { ReadingError } from "../reading-error.ts";
import type { ReadingAnswer, ReadingResults, ReadingTask } from "./tasks.ts";
import { yieldToServing } from "./yield-to-serving.ts";

const port = parentPort;
if (port === null) throw new Error("reading-thread.ts is started as a worker");

yieldToServing();
port.on("message", (task: ReadingTask) => {
  void answer(task).then((reply) => port.postMessage(reply, handedOver(reply)));
});

// Code is compiled where it first runs: a thread reads a letter of its own before anybody waits for another.
const LETTER = `MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<style>td{color:#334}@media (max-width:600px){.wide{width:100%!important}}</style><body bgcolor="#ffffff">
<table width=600><tr><td class=wide style="padding:4px 8px;background:#f4f6f8;font:14px/1.4 Arial;border:1px solid #ccd">
<a href="https://example.org/">words</a><img src="https://example.org/a.png" width=9 height=9 alt=words></table>`;
const itself = { octets: Buffer.from(LETTER), part: "1", isHeaderOnly: false };
void answer({ kind: "read", ...itself })
  .then(() => answer({ kind: "html", ...itself, options: { images: "blocked", theme: "as-sent" } }))
  .then(() => port.postMessage({ isReady: true } satisfies ReadingAnswer));

async function answer(task: ReadingTask): Promise<ReadingAnswer> {
  try {
    return { value: await run(task) };
  } catch (error) {
    const failure = error instanceof ReadingError ? error.failure : "unreadable";
    return { failure, cause: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** The memory of files goes to whoever asked; nothing here needs it any more. */
function handedOver(reply: ReadingAnswer): readonly ArrayBuffer[] {
  if (!("value" in reply)) return [];
  const contents = [reply.value].flat().flatMap((value) => ("content" in value ? [value.content] : []));
  // Smaller ones may stand in memory that they share.
  const large = contents.filter(({ byteLength }) => byteLength > Buffer.poolSize);
  return [...new Set(large.map(({ buffer }) => buffer as ArrayBuffer))];
}

async function run(task: ReadingTask): Promise<ReadingResults[ReadingTask["kind"]]> {
  switch (task.kind) {
    case "summarize":
      return summarizeMessage(task.octets, { now: Date.now(), isHeaderOnly: task.isHeaderOnly });
    case "read":
      return readMessage(task.octets, { now: Date.now(), isHeaderOnly: task.isHeaderOnly });
    case "html":
      return required(await safeHtmlOf(task.octets, task.part, task.options));
    case "part":
      return required(await partContent(task.octets, task.part));
    case "shown-part":
      return required(await shownPartContent(task.octets, task.part));
    case "parts":
      return partContents(task.octets, task.parts);
    case "quote":
      return required(await quotedBodyOf(task.octets, task.part));
  }
}

function required<T>(found: T | undefined): T {
  if (found === undefined) throw new ReadingError("no-such-part");
  return found;
}
