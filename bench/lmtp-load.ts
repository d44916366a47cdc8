// Delivers over LMTP from several clients at once and counts only what was answered 250.
import { LmtpClient } from "../interop/lmtp.ts";

export interface LmtpLoad {
  readonly port: number;
  readonly clients: number;
  readonly seconds: number;
  readonly recipients: readonly string[];
  readonly message: Buffer;
}

export interface LmtpResult {
  readonly delivered: number;
  readonly seconds: number;
  /** Milliseconds from the end of the data to its 250. */
  readonly p50: number;
  readonly p99: number;
}

export async function lmtpLoad(o: LmtpLoad): Promise<LmtpResult> {
  const began = performance.now();
  const until = began + o.seconds * 1_000;
  const waits = (
    await Promise.all(Array.from({ length: o.clients }, (_, client) => deliverUntil(o, { client, until, began })))
  ).flat();
  waits.sort((a, b) => a - b);
  const at = (share: number): number =>
    waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? Number.NaN;
  return { delivered: waits.length, seconds: (performance.now() - began) / 1_000, p50: at(0.5), p99: at(0.99) };
}

async function deliverUntil(o: LmtpLoad, run: { client: number; until: number; began: number }): Promise<number[]> {
  const client = await LmtpClient.connect(o.port);
  const waits: number[] = [];
  for (let number = run.client; performance.now() < run.until; number += o.clients) {
    waits.push(
      await client.deliver({
        recipient: o.recipients[number % o.recipients.length] ?? "",
        // The same letter with the same trace would be one delivery, and stored once.
        letter: Buffer.concat([Buffer.from(`X-Load: ${run.began}-${number}\r\n`), o.message]),
      }),
    );
  }
  await client.quit();
  return waits;
}
