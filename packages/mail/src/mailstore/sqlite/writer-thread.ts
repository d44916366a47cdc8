// The thread that makes every durable write. It takes what is queued, commits it as one group, answers, and so on:
// while the disk is busy with one group the next one gathers, so the longer the fsync the larger the group.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { GroupReport, JobAnswer, JobRequest } from "./jobs.ts";
import { bodyOctets, WriterConnection, type WriterConnectionOptions } from "./writer-connection.ts";

const groupJobsMax = 64;
const groupOctetsMax = 8 * 1_048_576;

if (parentPort === null) throw new Error("to be run as a worker thread");
const port = parentPort;
const connection = new WriterConnection(workerData as WriterConnectionOptions);

port.on("message", (first: JobRequest | "close") => {
  for (let next: JobRequest | "close" | undefined = first; next !== undefined; next = takeNext()) {
    if (next === "close") {
      connection.close();
      port.close();
      return;
    }
    const { group, then } = gather(next);
    const answers: readonly JobAnswer[] = connection.commit(group);
    port.postMessage({ answers, degraded: connection.degraded } satisfies GroupReport);
    connection.checkpoint();
    if (then === "close") {
      connection.close();
      port.close();
      return;
    }
  }
});

function takeNext(): JobRequest | "close" | undefined {
  return (receiveMessageOnPort(port) as { message: JobRequest | "close" } | undefined)?.message;
}

/** The first job and those queued behind it. */
function gather(first: JobRequest): { readonly group: readonly JobRequest[]; readonly then: "close" | undefined } {
  const group = [first];
  let octets = bodyOctets(first);
  while (group.length < groupJobsMax && octets < groupOctetsMax) {
    const next = takeNext();
    if (next === undefined || next === "close") return { group, then: next };
    group.push(next);
    octets += bodyOctets(next);
  }
  return { group, then: undefined };
}
