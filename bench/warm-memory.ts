// Memory that a program gets while it is measured, made ready before: what a virtual machine does not use, its host may
// have taken back, and then the first touch of a page costs 4 µs. That is charged as system time to whoever has a file
// written: up to 1.7 s per GB, which says nothing of the program (`virtio_balloon` with free page reporting does so).
import { execFileSync } from "node:child_process";

/** As much as hosts leave alone for a while. */
const OCTETS = 1e9;

export function warmMemory(): void {
  execFileSync(process.execPath, ["--eval", `Buffer.alloc(${OCTETS}, 1)`]);
}
