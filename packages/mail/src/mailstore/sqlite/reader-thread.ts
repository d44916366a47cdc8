// A thread for reads that are too long for the event loop: one task at a time, on a connection of its own.
import { parentPort, workerData, type Transferable } from "node:worker_threads";
import { openForReading } from "./database.ts";
import { runTask, type ReaderAnswer, type ReaderRequest } from "./reader-tasks.ts";
import { Statements } from "./statements.ts";

if (parentPort === null) throw new Error("to be run as a worker thread");
const port = parentPort;
const db = new Statements(openForReading((workerData as { readonly path: string }).path, { onEventLoop: false }));

port.on("message", (request: ReaderRequest) => {
  let answer: ReaderAnswer;
  try {
    answer = { ok: true, value: runTask(db, request) };
  } catch (error) {
    const errcode =
      error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined;
    answer = { ok: false, message: error instanceof Error ? error.message : String(error), errcode };
  }
  port.postMessage(answer, buffersOf(answer));
});

/** The large part of an answer changes hands instead of being copied. */
function buffersOf(answer: ReaderAnswer): Transferable[] {
  if (!answer.ok || typeof answer.value !== "object" || answer.value === null || !("entries" in answer.value))
    return [];
  const { entries } = answer.value;
  return entries instanceof Float64Array && entries.buffer instanceof ArrayBuffer ? [entries.buffer] : [];
}
