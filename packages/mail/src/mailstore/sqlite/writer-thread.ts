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

/** Jobs that were asked for in one turn of the event loop; or the end. */
type Message = readonly JobRequest[] | "close";

/** Handed over and in no group yet, in order. */
const queued: JobRequest[] = [];
let isClosing = false;

port.on("message", (message: Message) => {
  take(message);
  for (let group = nextGroup(); group.length > 0; group = nextGroup()) commit(group);
  if (!isClosing) return;
  connection.close();
  port.close();
});

function take(message: Message): void {
  if (message === "close") isClosing = true;
  else queued.push(...message);
}

/** What is there by now, as far as one commit should hold it. */
function nextGroup(): readonly JobRequest[] {
  while (queued.length < groupJobsMax && takeNext());
  let [jobs, octets] = [0, 0];
  for (; jobs < Math.min(queued.length, groupJobsMax) && octets < groupOctetsMax; jobs += 1)
    octets += bodyOctets(queued[jobs] as JobRequest);
  return queued.splice(0, jobs);
}

function commit(group: readonly JobRequest[]): void {
  const answers = connection.commit(group);
  const changes = connection.changes(group, answers);
  port.postMessage({ answers, changes, degraded: connection.degraded } satisfies GroupReport);
  connection.checkpoint();
}

/** False when nothing more waits in the port. */
function takeNext(): boolean {
  const next = receiveMessageOnPort(port) as { message: Message } | undefined;
  if (next !== undefined) take(next.message);
  return next !== undefined;
}
