// A person with a small maildrop who asks STAT again and again until told to stop: a thread of its own, so that what the
// bench does meanwhile is not counted as the server's time.
import { parentPort, workerData } from "node:worker_threads";
import { PopClient } from "../interop/pop-client.ts";

export interface Asker {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Between two questions. */
const PAUSE_MS = 1;

const { port, user, password } = workerData as Asker;
let isOver = false;
parentPort?.once("message", () => (isOver = true));
const client = await PopClient.connect(port);
await client.login(user, password);
parentPort?.postMessage("ready");
const waits: number[] = [];
while (!isOver) {
  const began = performance.now();
  await client.say("STAT");
  waits.push(performance.now() - began);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
await client.say("QUIT");
parentPort?.postMessage(waits);
