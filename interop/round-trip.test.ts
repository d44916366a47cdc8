// Any body in any chunks, through LMTP, the store and RETR, comes back as its canonical octets, and LIST says how many.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createConnection } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { testOffice } from "./office.ts";
import { PopClient } from "./pop-client.ts";

const office = testOffice();
const seed = Number(process.env["RESTANTE_SEED"] ?? Date.now() % 1_000_000);
const runs = process.env["RESTANTE_LONG"] === "1" ? 1_000 : 60;

/** Pieces that meet every rule of line ends and dots, in Latin-1: one character an octet. */
const piece = fc.constantFrom(
  "\r\n",
  "\n",
  "\r",
  ".",
  "..",
  "\r\n.\r\n",
  "\n.\n",
  "\0",
  "\xe9",
  "From ",
  "a",
  "b c",
  "x".repeat(1_500),
);
const body = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

/** RFC 5321 §4.5.2: what a correct sender transmits for this text, without the terminating line. */
function transmitted(text: string): { readonly data: string; readonly wire: string } {
  const data = text === "" || text.endsWith("\r\n") ? text : `${text}\r\n`;
  return {
    data,
    wire: data
      .split("\r\n")
      .map((line) => (line.startsWith(".") ? `.${line}` : line))
      .join("\r\n"),
  };
}

/** The rule of delivery, said once more by hand: a bare LF becomes CRLF, all else stays. */
function canonical(data: string): string {
  let out = "";
  for (let at = 0; at < data.length; at += 1) out += data[at] === "\n" && data[at - 1] !== "\r" ? "\r\n" : data[at];
  return out;
}

async function deliverInChunks(
  port: number,
  o: { recipient: string; wire: string; cuts: readonly number[] },
): Promise<void> {
  const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
  let replies = "";
  const answered = async (count: number): Promise<void> => {
    while ((replies.match(/^\d{3} .*\r\n/gm) ?? []).length < count) await once(socket, "data");
  };
  socket.on("data", (chunk: Buffer) => (replies += chunk.toString("latin1")));
  socket.write(`LHLO chunks.example\r\nMAIL FROM:<>\r\nRCPT TO:<${o.recipient}>\r\nDATA\r\n`);
  await answered(5);
  const octets = Buffer.from(`${o.wire}.\r\n`, "latin1");
  const marks = [0, ...o.cuts.map((cut) => cut % octets.length).sort((a, b) => a - b), octets.length];
  for (const [index, start] of marks.entries()) {
    socket.write(octets.subarray(start, marks[index + 1] ?? octets.length));
    if (index % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await answered(6);
  assert.match(replies.trimEnd().split("\r\n").at(-1) ?? "", /^250 /);
  socket.end("QUIT\r\n");
  await once(socket, "close");
}

void test(`any body in any chunks comes back canonical, and LIST says its octets (seed ${seed})`, async () => {
  const { product } = office();
  const password = await product.account("chunks");
  const prefix = "Return-Path: <>\r\nDelivered-To: chunks@localhost\r\n";
  const property = fc.asyncProperty(body, fc.array(fc.nat(10_000), { maxLength: 8 }), async (text, cuts) => {
    const { data, wire } = transmitted(text);
    await deliverInChunks(product.port("lmtp"), { recipient: "chunks@localhost", wire, cuts });
    const client = await PopClient.connect(product.port("pop3"));
    await client.login("chunks", password);
    const expected = prefix + canonical(data);
    assert.equal((await client.say("LIST 1")).status, `+OK 1 ${expected.length}`);
    const { status, lines } = await client.say("RETR 1");
    assert.equal(status, `+OK ${expected.length} octets`);
    assert.equal(lines.map((line) => `${line}\r\n`).join(""), expected);
    await client.say("DELE 1");
    assert.match((await client.say("QUIT")).status, /^\+OK/);
  });
  await fc.assert(property, { seed, numRuns: runs });
});
