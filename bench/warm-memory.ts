// Memory that a program gets while it is measured, made ready before: what a virtual machine does not use, its host may
// have taken back, and then the first touch of a page costs 4 µs. That is charged as system time to whoever has a file
// written: up to 1.7 s per GB, which says nothing of the program (`virtio_balloon` with free page reporting does so).
import { execFileSync } from "node:child_process";

/** Of a GB a host may take most back before a run has begun. */
const OCTETS = 2.5e9;

export function warmMemory(): void {
  execFileSync(process.execPath, ["--eval", `Buffer.alloc(${OCTETS}, 1)`]);
}
