// Octets of bodies are memory outside the heap, which the garbage collector frees late: by then another 64 MiB may have
// come, and to find that they are garbage it marks the whole heap. Freed at once, the next body takes the same memory.

/** Frees what `octets` are a view of; they have no octets afterwards. Only for memory that nobody else has a view of. */
export function freeMemory(octets: Uint8Array<ArrayBuffer>): void {
  octets.buffer.transfer(0);
}
