// What is measured over HTTP alone: pages of lists, searches as somebody types, sizes.
import { cpuSeconds } from "../processes.ts";
import type { Asking } from "./asking.ts";
import type { Filled } from "./fill.ts";
import { percentile, type Figure } from "./figures.ts";

/** So many that a short stall of the machine is less than one in twenty of them. */
const ROUNDS = 200;
const PAGE_MS = 20;
const SEARCH_MS = 100;

interface Rows {
  readonly rows: readonly unknown[];
  readonly total: number | null;
  readonly next: string | null;
}

const TYPED = ["c", "co", "com", "comm", "commo", "common", "common w", "common w1", "common w12"];

/** What the page asks for at once before its first row is painted, as it travels. */
export async function bundleFigures(asking: Asking): Promise<readonly Figure[]> {
  const { json: html } = await asking.get("/");
  const asked = new Set(
    Array.from(String(html).matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.(?:js|css))"/g), ([, path = ""]) => path),
  );
  const octets = { js: 0, css: 0 };
  for (const path of asked) octets[path.endsWith(".js") ? "js" : "css"] += (await asking.get(`/${path}`)).octets;
  const note = "brotli, as the server sends it";
  return [
    { what: "initial JavaScript", budget: 190, ours: octets.js / 1_000, unit: "kB", note },
    { what: "initial CSS", budget: 15, ours: octets.css / 1_000, unit: "kB", note },
  ];
}

/** A busy machine makes answers wait; what they cost the server it changes little. */
class Timing {
  readonly times: number[] = [];
  readonly #pid: number;
  readonly #cpu: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#cpu = cpuSeconds(pid);
  }

  figure(what: string, budget: number): Figure {
    const cpu = ((cpuSeconds(this.#pid) - this.#cpu) * 1_000) / this.times.length;
    const note = `${this.times.length} asked over HTTP, p50 ${percentile(this.times, 0.5).toFixed(1)} ms, ${cpu.toFixed(1)} ms of CPU each`;
    return { what: `${what}: p95`, budget, ours: percentile(this.times, 0.95), unit: "ms", note };
  }
}

interface Office {
  readonly asking: Asking;
  readonly running: { readonly pid: number };
}

export async function listFigures({ asking, running }: Office, { accounts }: Filled): Promise<readonly Figure[]> {
  const lists: Readonly<Record<string, string>> = {
    "inbox of all accounts, conversations": "account=all&role=inbox",
    "inbox of all accounts, messages": "account=all&role=inbox&view=messages",
    "inbox of one account": `account=${accounts[7]}&role=inbox`,
    "unread, conversations": "account=all&role=inbox&unread=1",
    "unread, messages": "account=all&role=inbox&unread=1&view=messages",
    starred: "account=all&starred=1",
    "all mail": "account=all",
    "archive of one account": `account=${accounts[3]}&mailbox=Archive`,
  };
  const figures: Figure[] = [];
  let largest = 0;
  for (const [name, query] of Object.entries(lists)) {
    const timing = new Timing(running.pid);
    let after = "";
    for (let round = 0; round < ROUNDS; round += 1) {
      const { ms, octets, json } = await asking.get(`/api/list?${query}&limit=100${after}`);
      const { rows, next } = json as Rows;
      if (rows.length === 0) throw new Error(`${name}: an empty page`);
      if (rows.length === 100) largest = Math.max(largest, octets);
      // A page down each time, and from the top again at the end.
      after = next === null ? "" : `&after=${encodeURIComponent(next)}`;
      timing.times.push(ms);
    }
    figures.push(timing.figure(`list page, ${name}`, PAGE_MS));
  }
  return [
    ...figures,
    { what: "list page of 100 rows, the largest", budget: 15, ours: largest / 1_000, unit: "kB", note: "brotli" },
  ];
}

export async function searchFigures({ asking, running }: Office, { accounts }: Filled): Promise<readonly Figure[]> {
  const search = async (q: string, of = "all"): Promise<number> => {
    const { ms } = await asking.get(`/api/search?account=${of}&limit=100&q=${encodeURIComponent(q)}`);
    return ms;
  };
  const figures: Figure[] = [];
  const note = async (what: string, ask: (round: number) => Promise<number>): Promise<void> => {
    const timing = new Timing(running.pid);
    for (let round = 0; round < ROUNDS; round += 1) timing.times.push(await ask(round));
    figures.push(timing.figure(`search, ${what}`, SEARCH_MS));
  };
  await note("a common word as it is typed", (round) => search(TYPED[round % TYPED.length] ?? ""));
  await note("the same in one account", (round) => search(TYPED[round % TYPED.length] ?? "", accounts[7]));
  await note("two letters that begin every word", () => search("w1"));
  await note("a rare word", (round) => search(`w${19_000 + round} `));
  await note("a common word, unread, archived", () => search("common is:unread in:archive "));
  await note("from a person", (round) => search(`from:person${round} `));
  return figures;
}
