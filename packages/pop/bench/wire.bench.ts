// What wire costs: `npm run bench`. Each task proves its answer before it is timed. A figure is worth something only
// beside another one of the same run, or of the same machine in bench/results.
import { Bench } from "tinybench";
import {
  advanceServer,
  createServerSession,
  DEFAULT_POLICY,
  DotStuffer,
  DotUnstuffer,
  LineReader,
  type ServerSession,
} from "@restante/pop/wire";

const COMMANDS = 1_000;
const script = Buffer.from("NOOP\r\n".repeat(COMMANDS));
const mail = Buffer.from(`${"x".repeat(70)}\r\n`.repeat(14_000) + ".\r\n".repeat(1_000));
const stuffed = Buffer.concat([...new DotStuffer().push(mail), Buffer.from(".\r\n")]);
const listing = { count: 100_000, octets: 3_000_000_000, octetsOf: () => 30_000, uniqueIdOf: (n: number) => `1.${n}` };

const bench = new Bench({ time: 500, throws: true });

bench.add(`${COMMANDS} short commands in one chunk, cut into lines`, () => {
  const reader = new LineReader();
  reader.push(script);
  let lines = 0;
  while (reader.next(() => 4_096) !== undefined) lines += 1;
  expect(lines, COMMANDS);
});

bench.add(`${COMMANDS} NOOPs through a session`, () => {
  const session = inTransaction();
  const octets = script.subarray(0, 4);
  let replies = 0;
  for (let at = 0; at < COMMANDS; at += 1) replies += advanceServer(session, { kind: "line", octets }).length;
  expect(replies, COMMANDS);
});

bench.add("1 MB of mail stuffed", () => {
  let octets = 0;
  for (const piece of new DotStuffer().push(mail)) octets += piece.length;
  expect(octets, mail.length + 1_000);
});

bench.add("1 MB of mail un-stuffed", () => {
  let octets = 0;
  for (const piece of new DotUnstuffer().push(stuffed).data) octets += piece.length;
  expect(octets, mail.length);
});

bench.add("LIST of 100,000 messages", () => {
  const [effect] = advanceServer(inTransaction(), { kind: "line", octets: Buffer.from("LIST") });
  if (effect?.kind !== "list") throw new Error("a long LIST is an effect of its own");
  let lines = 0;
  for (let step = effect.chunks.next(); step.done !== true; step = effect.chunks.next()) {
    lines += step.value.split("\r\n").length - 1;
  }
  expect(lines, listing.count + 2);
});

await bench.run();
for (const { name, result } of bench.tasks) {
  if (!("latency" in result)) throw new Error(`${name} has no figures`);
  console.log(`${(result.latency.p50 * 1_000).toFixed(1).padStart(10)} us  ${name}`);
}

function inTransaction(): ServerSession {
  const channel = { encrypted: true, tlsAvailable: true, loopback: true };
  const session = createServerSession({ channel, policy: DEFAULT_POLICY });
  advanceServer(session, { kind: "connected" });
  advanceServer(session, { kind: "line", octets: Buffer.from("USER a") });
  advanceServer(session, { kind: "line", octets: Buffer.from("PASS b") });
  advanceServer(session, { kind: "accepted" });
  advanceServer(session, { kind: "maildrop-opened", maildrop: listing });
  return session;
}

function expect(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} where ${expected} was right`);
}
