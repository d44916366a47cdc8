// One thread that does nothing but argon2: a task in, an answer out, one at a time. See hash-threads.ts.
import { parentPort } from "node:worker_threads";
import { hashSync, verifySync } from "@node-rs/argon2";
import type { HashAnswer, HashTask } from "./hash-threads.ts";

const ARGON2ID = 2; // Algorithm.Argon2id, a const enum that type stripping cannot read

parentPort?.on("message", (task: HashTask) => {
  parentPort?.postMessage(answer(task));
});

function answer(task: HashTask): HashAnswer {
  try {
    if (task.kind === "verify") return { value: verifySync(task.verifier, task.password) };
    const { memoryKiB, passes, lanes } = task.cost;
    const options = { algorithm: ARGON2ID, memoryCost: memoryKiB, timeCost: passes, parallelism: lanes };
    return { value: hashSync(task.password, options) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
