// A relay that keeps what the server sends, for tests that look at TLS from outside.
import { connect, createServer, type AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface Tap {
  readonly port: number;
  /** Everything the server has sent through it. */
  sent(): Buffer;
}

export async function tapOn(port: number, context: TestContext): Promise<Tap> {
  const sent: Buffer[] = [];
  const relay = createServer((client) => {
    const server = connect({ port, host: "127.0.0.1" });
    server.on("data", (chunk: Buffer) => sent.push(chunk));
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
      context.after(() => one.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  context.after(() => relay.close());
  return { port: (relay.address() as AddressInfo).port, sent: () => Buffer.concat(sent) };
}

export interface TlsRecord {
  readonly type: number;
  readonly octets: Buffer;
}

/** The records of a TLS stream (RFC 8446 §5.1). */
export function tlsRecords(stream: Buffer): readonly TlsRecord[] {
  const records: TlsRecord[] = [];
  for (let at = 0; at < stream.length;) {
    const length = stream.readUInt16BE(at + 3);
    records.push({ type: stream[at] as number, octets: stream.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return records;
}
