// Every transcript on a real socket: line by line, all in one write, octet by octet, and cut in two at every octet.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import type { LineClient } from "../support/line-client.ts";
import { testServer, type TestServer } from "../support/test-server.ts";
import { matches, readTranscript, type Transcript, type Turn } from "../support/transcript.ts";

const folder = new URL("../transcripts/", import.meta.url);
/** Sessions in parallel: enough to use the waiting, few enough to stay below the limits. */
const playersMax = 8;

for (const name of readdirSync(folder).filter((file) => file.endsWith(".txt"))) {
  const transcript = readTranscript(new URL(name, folder));
  const declare = (how: string, body: (context: TestContext) => Promise<void>): void => {
    const claim = `${transcript.name}, ${how}: ${transcript.claim}`;
    if (transcript.proves.length === 0) void test(claim, body);
    else requirement(transcript.proves, claim, body);
  };
  declare("line by line", (context) => lineByLine(transcript, context));
  declare("all in one write", (context) => inPieces(transcript, [said(transcript)], context));
  declare("octet by octet", (context) => inPieces(transcript, [...said(transcript)], context));
  declare("cut at every octet", (context) => cutEverywhere(transcript, context));
}

async function lineByLine(transcript: Transcript, context: TestContext): Promise<void> {
  const server = await serverOf(transcript, context);
  const client = await server.connect();
  for (const turn of transcript.turns) {
    if (turn.from === "C") client.send(turn.octets);
    else await expectTurn(turn, client, transcript);
  }
  await finish(transcript, client, server);
}

/** The server must not care how the client's octets come: the replies are the same. */
async function inPieces(transcript: Transcript, pieces: readonly string[], context: TestContext): Promise<void> {
  const server = await serverOf(transcript, context);
  await playPieces(transcript, pieces, server);
}

async function cutEverywhere(transcript: Transcript, context: TestContext): Promise<void> {
  const text = said(transcript);
  const cuts = Array.from({ length: text.length - 1 }, (_, at) => [text.slice(0, at + 1), text.slice(at + 1)]);
  let next = 0;
  const play = async (): Promise<void> => {
    for (let pieces = cuts[next++]; pieces !== undefined; pieces = cuts[next++]) {
      const server = await serverOf(transcript, context);
      await playPieces(transcript, pieces, server);
      await server.server.stop({ withinMs: 0 });
    }
  };
  await Promise.all(Array.from({ length: playersMax }, play));
  assert.ok(next > text.length - 1, `played ${next} of ${text.length - 1} cuts`);
}

async function playPieces(transcript: Transcript, pieces: readonly string[], server: TestServer): Promise<void> {
  const client = await server.connect();
  for (const piece of pieces) {
    client.send(piece);
    await nextTurn();
  }
  for (const turn of transcript.turns) {
    if (turn.from !== "C") await expectTurn(turn, client, transcript);
  }
  await finish(transcript, client, server);
}

function said(transcript: Transcript): string {
  return transcript.turns.map((turn) => (turn.from === "C" ? turn.octets : "")).join("");
}

function serverOf(
  { maildrops, mailboxes, host, speaks, speaksLast }: Transcript,
  context: TestContext,
): Promise<TestServer> {
  return testServer(context, { maildrops, mailboxes, host, generation: speaks, speaksLast });
}

async function expectTurn(turn: Exclude<Turn, { from: "C" }>, client: LineClient, { name }: Transcript): Promise<void> {
  if (turn.from === "D") return assert.equal(await client.octets(turn.octets.length), turn.octets, name);
  const line = await client.line();
  assert.ok(matches(turn.line, line), `${name}: expected ${JSON.stringify(turn.line)}, read ${JSON.stringify(line)}`);
}

/** Nothing more was said than what is written down, nothing failed, and the mail is as it should be. */
async function finish(transcript: Transcript, client: LineClient, server: TestServer): Promise<void> {
  const { left } = transcript;
  client.end();
  assert.equal(await client.rest(), "");
  await server.untilEnded(1);
  assert.deepEqual(server.failures, []);
  for (const [place, octets] of Object.entries(left)) {
    const [account = "", mailbox = "INBOX"] = place.split("/");
    const maildrop = await server.store.open(account, { holder: "test", onBusy: "reject", mailbox });
    assert.deepEqual(
      Array.from({ length: maildrop.count }, (_, i) => maildrop.octetsOf(i + 1)),
      octets,
    );
    await maildrop.release();
  }
}
