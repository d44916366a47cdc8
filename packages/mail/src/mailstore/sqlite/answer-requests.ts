// The inside of a reader thread: one task at a time, on a connection of its own.
import { parentPort, workerData, type Transferable } from "node:worker_threads";
import { openForReading } from "./database.ts";
import type { ReaderAnswer, ReaderRequest } from "./reader-tasks.ts";
import { Statements } from "./statements.ts";

export function answerRequests(run: (db: Statements, request: ReaderRequest) => unknown): void {
  if (parentPort === null) throw new Error("to be run as a worker thread");
  const port = parentPort;
  const db = new Statements(openForReading((workerData as { readonly path: string }).path, { onEventLoop: false }));
  port.on("message", (request: ReaderRequest) => {
    const answer = answerOf(() => run(db, request));
    port.postMessage(answer, buffersOf(answer));
  });
}

function answerOf(run: () => unknown): ReaderAnswer {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    const errcode =
      error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined;
    return { ok: false, message: error instanceof Error ? error.message : String(error), errcode };
  }
}

/** The large part of an answer changes hands instead of being copied. */
function buffersOf(answer: ReaderAnswer): Transferable[] {
  if (!answer.ok || typeof answer.value !== "object" || answer.value === null || !("entries" in answer.value))
    return [];
  const { entries } = answer.value;
  return entries instanceof Float64Array && entries.buffer instanceof ArrayBuffer ? [entries.buffer] : [];
}
