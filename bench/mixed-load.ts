// How long a small session's STAT takes while the server does everything heavy at once: one 50 MB delivery, a
// 100,000-message login with its listings, and a first download of 10,000 office letters, ten times a thousand.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { LmtpClient } from "../interop/lmtp.ts";
import { load } from "./load.ts";
import type { Asker } from "./stat-asker.ts";

export interface MixedLoad {
  readonly pid: number;
  readonly port: number;
  readonly lmtpPort: number;
  readonly password: string;
  readonly huge: number;
  /** What else goes on until `isOver` says so. */
  readonly meanwhile?: (isOver: () => boolean) => Promise<unknown>;
}

/** Milliseconds of each STAT asked while the load went on, the shortest first. */
export async function statUnderLoad(o: MixedLoad): Promise<readonly number[]> {
  const workerData: Asker = { port: o.port, user: "user0", password: o.password };
  const asker = new Worker(new URL("stat-asker.ts", import.meta.url), { workerData });
  await once(asker, "message");
  let running = true;
  const heavy = Promise.all([
    deliverLarge(o.lmtpPort),
    load(["list", "-u", "huge", "-P", o.password, "-l", "3", "-t", "60", "--expect-msgs", String(o.huge)], o),
    load(
      ["drain", "-u", "office", "-P", o.password, "-c", "1", "-w", "32", "-l", "10", "-t", "60", "--lenient-size"],
      o,
    ),
  ]).finally(() => (running = false));
  try {
    await Promise.all([heavy, o.meanwhile?.(() => !running)]);
    asker.postMessage("enough");
    const [waits] = (await once(asker, "message")) as [number[]];
    return waits.sort((a, b) => a - b);
  } finally {
    await asker.terminate();
  }
}

async function deliverLarge(port: number): Promise<void> {
  const client = await LmtpClient.connect(port);
  const line = `${"A".repeat(76)}\r\n`;
  await client.deliver({
    recipient: "idle0@localhost",
    letter: Buffer.from(`Subject: large\r\n\r\n${line.repeat(48 * 13_000)}`, "latin1"),
  });
  await client.quit();
}
