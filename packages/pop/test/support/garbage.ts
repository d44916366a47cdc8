// What is really held in memory: only what is left after a collection counts.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Octets of buffers that something still refers to. */
export function heldOctets(): number {
  // The memory of buffers is given back beside the program; the second collection begins when that is done.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}
