// A maildrop of any size that costs no memory: its messages are made up as they are read.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Maildrop, MaildropStore, MessageChunk } from "@restante/pop/maildrop";

/** Octets of the largest piece a message is read in. */
export const CHUNK = 262_144;

export interface MadeUpStore extends MaildropStore {
  /** What was asked of it until now. */
  readonly made: { readonly octets: number };
}

/** Every maildrop of it has `count` messages of `octets` each. */
export function madeUpStore({ count = 1, octets }: { readonly count?: number; readonly octets: number }): MadeUpStore {
  const made = { octets: 0 };
  const chunk = Buffer.from(`${"z".repeat(62)}\r\n`.repeat(CHUNK / 64));
  const maildrop: Maildrop = {
    count,
    octets: count * octets,
    octetsOf: () => octets,
    uniqueIdOf: (n) => `${n}`,
    read(numbers) {
      let left = octets;
      let messages = numbers.length;
      return {
        next(): MessageChunk | undefined {
          if (messages === 0) return undefined;
          const size = Math.min(left, CHUNK);
          made.octets += size;
          left -= size;
          const last = left === 0;
          if (last) {
            messages -= 1;
            left = octets;
          }
          // Memory of its own, as a store that reads from a disk would give.
          return { octets: Buffer.from(chunk.subarray(0, size)), last, mayNeedStuffing: false };
        },
        close() {},
      };
    },
    commit: () => Promise.resolve("done"),
    release: () => Promise.resolve(),
    touch() {},
  };
  return {
    made,
    capabilities: { exclusiveLock: "none", atomicCommit: true, stableSnapshot: true, durableDeliver: "memory" },
    open: () => Promise.resolve(maildrop),
    deliver: () => Promise.reject(new Error("nothing is delivered here")),
  };
}

/** Waits until the store is asked for nothing more: the socket is full, and so is what may wait before it. */
export async function untilStill(made: MadeUpStore["made"]): Promise<number> {
  for (let turns = 0, before = -1; turns < 200; turns += 1) {
    turns = made.octets === before ? turns : 0;
    before = made.octets;
    await nextTurn();
  }
  return made.octets;
}
