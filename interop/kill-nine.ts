// Kills the product with SIGKILL at random moments under LMTP and POP load, starts it again and holds what it said
// against what is there: acknowledged mail is present and whole, a QUIT answered +OK removed all, any other QUIT all or none.
// Usage: node interop/kill-nine.ts [ROUNDS] [SEED]
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LmtpClient } from "./lmtp.ts";
import { PopClient } from "./pop-client.ts";
import { startProduct, type Product } from "./product.ts";

export interface KillReport {
  readonly rounds: number;
  readonly seed: number;
  readonly acknowledged: number;
  readonly removedWithOk: number;
  readonly quitsWithoutReply: number;
  readonly lost: number;
  readonly torn: number;
  readonly doubled: number;
  readonly wrongQuits: number;
}

/** What we know of one letter. */
interface Entry {
  readonly sha256: string;
  acknowledged: boolean;
  /** Undefined: nobody asked for its removal. */
  removal?: "ok" | "refused" | "unknown";
}

interface Removal {
  readonly letters: readonly string[];
  outcome: "ok" | "refused" | "unknown";
}

interface Box {
  readonly login: string;
  readonly password: string;
  readonly ledger: Map<string, Entry>;
  removals: Removal[];
}

/** A product that never answers is killed all the same. */
const BEGUN_MS = 30_000;
const LOGINS = ["ada", "ben", "cleo"];

export async function killNine(o: { readonly rounds: number; readonly seed: number }): Promise<KillReport> {
  const data = await mkdtemp(join(tmpdir(), "restante-kill-"));
  const random = sequence(o.seed);
  const count = {
    acknowledged: 0,
    removedWithOk: 0,
    quitsWithoutReply: 0,
    lost: 0,
    torn: 0,
    doubled: 0,
    wrongQuits: 0,
  };
  let product = await startProduct({ data });
  const boxes: Box[] = [];
  for (const login of LOGINS)
    boxes.push({ login, password: await product.account(login), ledger: new Map(), removals: [] });
  try {
    for (let round = 0; round < o.rounds; round += 1) {
      const afterMs = Math.floor(random() * 500);
      let begin = (): void => undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      // Settled: every one of them ends in the broken connection this is about.
      const load = Promise.allSettled(
        boxes.flatMap((box) => [deliver(product, { box, round, random, onAcknowledged: begin }), remove(product, box)]),
      );
      // The moment is one of the load, however long a machine takes to begin it.
      await Promise.race([begun, load, delay(BEGUN_MS, undefined, { ref: false })]);
      await delay(afterMs);
      await product.kill("SIGKILL");
      await load;
      product = await startProduct({ data });
      for (const box of boxes) await verify(product, { box, count });
    }
  } finally {
    await product.stop();
    await rm(data, { recursive: true, force: true });
  }
  count.acknowledged = boxes.reduce(
    (sum, { ledger }) => sum + [...ledger.values()].filter((entry) => entry.acknowledged).length,
    0,
  );
  return { rounds: o.rounds, seed: o.seed, ...count };
}

/** Delivers letters one after the other until the connection breaks. */
async function deliver(
  product: Product,
  o: { box: Box; round: number; random: () => number; onAcknowledged: () => void },
): Promise<void> {
  const client = await LmtpClient.connect(product.port("lmtp"));
  for (let n = 0; ; n += 1) {
    const letters = Array.from({ length: 4 }, (_, k) => letter(`${o.box.login}-${o.round}-${n}-${k}`, o.random()));
    for (const { id, octets } of letters)
      o.box.ledger.set(id, { sha256: digest(bodyOf(octets.toString("latin1"))), acknowledged: false });
    for (const { id, octets } of letters) {
      await client.deliver({ recipient: `${o.box.login}@localhost`, letter: octets });
      const entry = o.box.ledger.get(id);
      if (entry !== undefined) entry.acknowledged = true;
      o.onAcknowledged();
    }
  }
}

/** Sizes from one line to 200 kB, so that rows and files are both cut. */
function letter(id: string, dice: number): { readonly id: string; readonly octets: Buffer } {
  const lines = dice < 0.8 ? Math.floor(dice * 100) : Math.floor(dice * 2_500);
  const body = Array.from({ length: lines }, (_, n) => `${id} line ${n} ${"=".repeat(60)}\r\n`).join("");
  return { id, octets: Buffer.from(`X-Letter: ${id}\r\nSubject: kill\r\n\r\n${body}`) };
}

/** Takes up to four letters out of the maildrop, session after session, until the connection breaks. */
async function remove(product: Product, box: Box): Promise<void> {
  for (;;) {
    const client = await PopClient.connect(product.port("pop3"));
    await client.login(box.login, box.password);
    const total = Number((await client.say("STAT")).status.split(" ")[1]);
    const letters: string[] = [];
    for (let n = 1; n <= Math.min(4, total); n += 1) {
      letters.push(idOf((await client.say(`RETR ${n}`)).lines));
      await client.say(`DELE ${n}`);
    }
    const removal: Removal = { letters, outcome: "unknown" };
    box.removals.push(removal);
    const { status } = await client.say("QUIT");
    removal.outcome = status.startsWith("+OK") ? "ok" : "refused";
    if (total === 0) await delay(5);
  }
}

async function verify(
  product: Product,
  o: {
    box: Box;
    count: {
      lost: number;
      torn: number;
      doubled: number;
      wrongQuits: number;
      removedWithOk: number;
      quitsWithoutReply: number;
    };
  },
): Promise<void> {
  const { box, count } = o;
  const present = new Map<string, number>();
  const client = await PopClient.connect(product.port("pop3"));
  await client.login(box.login, box.password);
  const total = Number((await client.say("STAT")).status.split(" ")[1]);
  for (let n = 1; n <= total; n += 1) {
    const { lines } = await client.say(`RETR ${n}`);
    const id = idOf(lines);
    present.set(id, (present.get(id) ?? 0) + 1);
    if (box.ledger.get(id)?.sha256 !== digest(bodyOf(`${lines.join("\r\n")}\r\n`))) count.torn += 1;
  }
  await client.say("QUIT");
  for (const { letters, outcome } of box.removals) {
    const left = letters.filter((id) => present.has(id)).length;
    const right = { ok: left === 0, refused: left === letters.length, unknown: left === 0 || left === letters.length }[
      outcome
    ];
    if (!right) count.wrongQuits += 1;
    if (outcome === "ok") count.removedWithOk += letters.length;
    if (outcome === "unknown") count.quitsWithoutReply += 1;
    if (left === 0) for (const id of letters) box.ledger.delete(id);
  }
  box.removals = [];
  for (const [id, entry] of box.ledger) {
    const copies = present.get(id) ?? 0;
    if (entry.acknowledged && copies === 0) count.lost += 1;
    if (copies > 1) count.doubled += 1;
    if (copies === 0) box.ledger.delete(id);
  }
}

function idOf(lines: readonly string[]): string {
  return lines.find((line) => line.startsWith("X-Letter: "))?.slice("X-Letter: ".length) ?? "no id";
}

/** From the letter's own first field on: what LMTP put before it is not its sender's. */
function bodyOf(text: string): string {
  return text.slice(text.indexOf("X-Letter: "));
}

function digest(text: string): string {
  return createHash("sha256").update(text, "latin1").digest("hex");
}

/** A repeatable sequence of numbers in [0, 1). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

if (import.meta.main) {
  const [rounds = "200", seed = String(Date.now() % 1e6)] = process.argv.slice(2);
  const report = await killNine({ rounds: Number(rounds), seed: Number(seed) });
  console.log(JSON.stringify(report));
  process.exitCode = report.lost + report.torn + report.doubled + report.wrongQuits === 0 ? 0 : 1;
}
