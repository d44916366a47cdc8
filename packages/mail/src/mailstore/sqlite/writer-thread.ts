// The thread that makes every durable write. It takes what is queued, commits it as one group, answers, and so on:
// while the disk is busy with one group the next one gathers, so the longer the fsync the larger the group.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { GroupReport, JobRequest } from "./jobs.ts";
import { bodyOctets, WriterConnection, type WriterConnectionOptions } from "./writer-connection.ts";

const groupJobsMax = 64;
const groupOctetsMax = 8 * 1_048_576;

if (parentPort === null) throw new Error("to be run as a worker thread");
const port = parentPort;
const connection = new WriterConnection(workerData as WriterConnectionOptions);

type Message = JobRequest | "close";

port.on("message", (first: Message) => {
  let next: Message | undefined = first;
  while (next !== undefined && next !== "close") next = commitWithQueued(next) ?? takeNext();
  if (next === undefined) return;
  connection.close();
  port.close();
});

/** The first job and those queued behind it. Gives back what was taken from the queue and is no job. */
function commitWithQueued(first: JobRequest): "close" | undefined {
  const group = [first];
  let octets = bodyOctets(first);
  let next: Message | undefined;
  while (group.length < groupJobsMax && octets < groupOctetsMax) {
    next = takeNext();
    if (next === undefined || next === "close") break;
    group.push(next);
    octets += bodyOctets(next);
  }
  const answers = connection.commit(group);
  const changes = connection.changes(group, answers);
  port.postMessage({ answers, changes, degraded: connection.degraded } satisfies GroupReport);
  connection.checkpoint();
  return next === "close" ? next : undefined;
}

function takeNext(): Message | undefined {
  return (receiveMessageOnPort(port) as { message: Message } | undefined)?.message;
}
