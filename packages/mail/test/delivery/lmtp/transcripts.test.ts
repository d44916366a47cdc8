// Conversations in ./transcripts, on a real socket: as they are, octet by octet, and cut once at every octet.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { LmtpClient } from "../lmtp-client.ts";
import { openPostOffice } from "../post-office.ts";

const AT_ONCE = 8;

interface Transcript {
  readonly name: string;
  readonly octets: Buffer;
  /** What each reply begins with; lines of one reply joined by "|". */
  readonly replies: readonly string[];
  /** What demo has after it, once for each time it was played. */
  readonly stored: readonly string[];
}

const folder = new URL("./transcripts/", import.meta.url);

function readTranscript(name: string): Transcript {
  const lines = readFileSync(new URL(name, folder), "utf8").split("\n");
  const after = (mark: string): string[] =>
    lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
  const unescape = (text: string): string => JSON.parse(`"${text.replace(/"/g, '\\"')}"`) as string;
  return {
    name,
    octets: Buffer.from(
      lines
        .flatMap((line) =>
          line.startsWith("C: ") ? [`${line.slice(3)}\r\n`] : line.startsWith("R: ") ? [unescape(line.slice(3))] : [],
        )
        .join(""),
    ),
    replies: after("S: "),
    stored: after("stored: ").map(unescape),
  };
}

async function play(port: number, transcript: Transcript, writes: readonly Buffer[]): Promise<void> {
  const client = await LmtpClient.connect(port);
  for (const write of writes) {
    client.send(write);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const replies = await client.rest();
  const heads = replies.map((reply, at) => reply.slice(0, transcript.replies[at]?.length ?? reply.length));
  assert.deepEqual(
    heads,
    transcript.replies,
    `${transcript.name}, ${writes.map((write) => write.length).join("+")} octets`,
  );
}

for (const name of readdirSync(folder).sort()) {
  const transcript = readTranscript(name);
  const { octets } = transcript;
  void test(`${name} goes the same whole, octet by octet, and cut at each of its ${octets.length} octets`, async (context) => {
    const office = await openPostOffice(context);
    const ways = [[octets], [...octets].map((octet) => Buffer.of(octet))];
    for (let at = 1; at < octets.length; at += 1) ways.push([octets.subarray(0, at), octets.subarray(at)]);
    for (let from = 0; from < ways.length; from += AT_ONCE) {
      await Promise.all(ways.slice(from, from + AT_ONCE).map((writes) => play(office.port, transcript, writes)));
    }
    const expected = ways.flatMap(() => transcript.stored);
    assert.deepEqual([...(await office.mailOf("demo"))].sort(), [...expected].sort());
    assert.deepEqual(office.failures, []);
  });
}
