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
  void answer(task).then((reply) => port.postMessage(reply));
});

port.postMessage({ isReady: true } satisfies ReadingAnswer);

async function answer(task: ReadingTask): Promise<ReadingAnswer> {
  try {
    return { value: await run(task) };
  } catch (error) {
    const failure = error instanceof ReadingError ? error.failure : "unreadable";
    return { failure, cause: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
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
