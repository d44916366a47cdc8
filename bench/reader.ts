// The web reader on 100,000 messages in 20 accounts: the built product, asked over HTTP and looked at in Chromium, held
// against its budgets; and what a POP client notices of a search beside everything heavy. Prints a table and keeps it in
// bench/results. Usage: node --conditions=restante-source bench/reader.ts [--only list,page,…] [--messages N]
// Needs: npm run build, chromium, cc (for the last row).
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runProgram } from "../interop/product.ts";
import { openBrowser } from "../packages/mail/test/webmail/browser/browser.ts";
import { statUnderLoad } from "./mixed-load.ts";
import { cpuSeconds, type Running } from "./processes.ts";
import { bundleFigures, listFigures, searchFigures } from "./reader/api-rows.ts";
import { Asking } from "./reader/asking.ts";
import { burstFigures } from "./reader/burst.ts";
import { floorFigures, heldAgainst } from "./reader/floor.ts";
import { hasBudget, isMet, percentile, table, type Figure } from "./reader/figures.ts";
import { fillReader, readFilled, type Filled } from "./reader/fill.ts";
import {
  bombFigures,
  heapMegabytes,
  keyFigures,
  openFigures,
  openMessage,
  openReaderPage,
  paintFigures,
  scrollFigures,
  typeFigures,
  type ReaderPage,
} from "./reader/page-rows.ts";
import { fill, PROGRAM, startRestante } from "./restante.ts";
import { showPage } from "./results-page.ts";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, messages: { type: "string", default: "100000" } },
});
const MESSAGES = Number(options.messages);
const ACCOUNTS = 20;
const BURST = Math.min(10_000, MESSAGES);
const PASSWORD = "correct-horse-staple-9";
const PORTS = { port: 27_510, tlsPort: 27_511, lmtpPort: 27_512, webPort: 27_513 } as const;
/** A smaller store than the budgets are for has a place of its own. */
const ROOT = fileURLToPath(new URL(MESSAGES === 100_000 ? "work/reader" : `work/reader-${MESSAGES}`, import.meta.url));
const INDEXING_MS = 3_600_000;

interface Office {
  readonly running: Running;
  readonly asking: Asking;
}

async function openOffice(data: string): Promise<Office> {
  const running = await startRestante({ data, ...PORTS });
  // Whoever ends the bench in the middle leaves no server behind.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void running.stop().finally(() => process.exit(1)));
  try {
    const { stdout, stderr } = await runProgram(process.execPath, [PROGRAM, "open", "--data", data]);
    if (!stdout.startsWith("http")) throw new Error(`restante open: ${stderr}`);
    return { running, asking: await Asking.open(stdout.trim()) };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Messages that lists know of. */
async function indexed(asking: Asking): Promise<number> {
  const roles = await Promise.all(
    ["inbox", "archive"].map((role) => asking.get(`/api/list?account=all&role=${role}&view=messages&limit=1`)),
  );
  return roles.reduce((sum, { json }) => sum + ((json as { total: number | null }).total ?? 0), 0);
}

/** The index made anew, from its first message to its last, while somebody looks at lists. */
async function ingestFigures({ running, asking }: Office, messages: number): Promise<readonly Figure[]> {
  const [began, cpu] = [performance.now(), cpuSeconds(running.pid)];
  const times: number[] = [];
  while ((await indexed(asking)) < messages) {
    times.push((await asking.get("/api/list?account=all&role=inbox&limit=100")).ms);
    if (performance.now() - began > INDEXING_MS) throw new Error("indexing did not end in an hour");
    await wait(200);
  }
  const seconds = (performance.now() - began) / 1_000;
  const perCore = messages / (cpuSeconds(running.pid) - cpu);
  const note = `${messages} letters, parsing included, in ${seconds.toFixed(0)} s`;
  return [
    { what: "ingest and index, on one core", budget: 300, isLeast: true, ours: perCore, unit: "messages/s", note },
    { what: "list page meanwhile: p95", ours: percentile(times, 0.95), unit: "ms" },
  ];
}

type Rows = (office: Office, filled: Filled) => Promise<readonly Figure[]>;

async function inPage(
  asking: Asking,
  work: (reader: ReaderPage) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const browser = await openBrowser();
  try {
    const reader = await openReaderPage(browser, asking);
    await reader.page.goto(`${asking.origin}/#/all/inbox`);
    await reader.page.locator("[role=row]").first().waitFor();
    return await work(reader);
  } finally {
    await browser.close();
  }
}

const ROWS: Readonly<Record<string, Rows>> = {
  bundle: ({ asking }) => bundleFigures(asking),
  list: listFigures,
  search: searchFigures,
  async paint({ asking }) {
    const browser = await openBrowser();
    try {
      const [figures, floors] = [await paintFigures(browser, asking), await floorFigures(browser)];
      return [...heldAgainst(floors, figures), ...floors];
    } finally {
      await browser.close();
    }
  },
  page: ({ asking }, filled) =>
    inPage(asking, async (reader) => {
      const idle = await heapMegabytes(reader);
      const figures = [
        ...(await keyFigures(reader)),
        ...(await scrollFigures(reader)),
        ...(await openFigures(reader, filled)),
        ...(await typeFigures(reader)),
      ];
      for (const place of filled.newsletters.slice(0, 200)) await openMessage(reader, place);
      await reader.page.evaluate('window.location.hash = "#/all/inbox"');
      return [
        ...figures,
        { what: "heap of the page, idle", budget: 80, ours: idle, unit: "MB" },
        {
          what: "heap of the page after work",
          budget: 150,
          ours: await heapMegabytes(reader),
          unit: "MB",
          note: "instead of an hour: the rows above, and 200 newsletters opened",
        },
      ];
    }),
  bombs: ({ asking }, filled) => inPage(asking, (reader) => bombFigures(reader, filled, asking)),
  burst: ({ asking }) =>
    inPage(asking, async (reader) => {
      const before = await indexed(asking);
      const recipient = `reader${ACCOUNTS - 1}@localhost`;
      const shown = async (): Promise<boolean> => (await indexed(asking)) >= before + BURST;
      return burstFigures(reader, { lmtpPort: PORTS.lmtpPort, recipient, messages: BURST, shown });
    }),
};

/** Another data directory: one maildrop of 100,000 messages, which POP lists while its index is searched. */
async function mixedFigures(): Promise<readonly Figure[]> {
  const data = join(ROOT, "mixed");
  const huge = MESSAGES;
  const stamp = join(data, `filled-${huge}`);
  if (!existsSync(stamp)) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
    const populations = [
      { user: "huge", set: "huge", count: huge },
      { user: "office", set: "office", count: 1_000 },
      { user: "user0", set: "user", count: 10 },
    ] as const;
    await fill(data, { populations, idle: { count: 100, messages: 1 }, password: PASSWORD });
    writeFileSync(stamp, "");
  }
  const office = await openOffice(data);
  try {
    while ((await indexed(office.asking)) < huge + 1_000) await wait(500);
    let searches = 0;
    const meanwhile = async (isOver: () => boolean): Promise<void> => {
      const words = ["the", "w", "business", "in:anywhere the", "information time", "pri"];
      for (; !isOver(); searches += 1)
        await office.asking.get(
          `/api/search?account=all&limit=100&q=${encodeURIComponent(words[searches % words.length] ?? "")}`,
        );
    };
    const waits = await statUnderLoad({ pid: office.running.pid, ...PORTS, password: PASSWORD, huge, meanwhile });
    return [
      {
        what: "STAT of a small session during a 50 MB delivery, a 100,000-message login, a download and searches: p99",
        budget: 20,
        ours: percentile(waits, 0.99),
        unit: "ms",
        note: `${waits.length} STATs, ${searches} searches one after the other`,
      },
    ];
  } finally {
    await office.running.stop();
  }
}

async function prepare(): Promise<Filled> {
  const file = join(ROOT, `filled-${MESSAGES}.json`);
  if (existsSync(file)) return readFilled(file);
  rmSync(ROOT, { recursive: true, force: true });
  mkdirSync(join(ROOT, "data"), { recursive: true });
  console.error("filling the store …");
  const filled = await fillReader(join(ROOT, "data"), { messages: MESSAGES, accounts: ACCOUNTS, password: PASSWORD });
  writeFileSync(file, JSON.stringify(filled));
  return filled;
}

const NAMES = ["ingest", ...Object.keys(ROWS), "mixed"];

async function main(): Promise<void> {
  const chosen = options.only?.split(",") ?? NAMES;
  const unknown = chosen.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`nothing is measured as ${unknown}; there are: ${NAMES.join(", ")}`);
  const filled = await prepare();
  const figures: Figure[] = [];
  const data = join(ROOT, "data");
  if (chosen.includes("ingest"))
    for (const end of ["", "-wal", "-shm"]) rmSync(join(data, `search.db${end}`), { force: true });
  if (chosen.some((name) => name !== "mixed")) {
    const office = await openOffice(data);
    try {
      if (chosen.includes("ingest")) figures.push(...(await ingestFigures(office, filled.messages)));
      while ((await indexed(office.asking)) < filled.messages) await wait(500);
      for (const [name, rows] of Object.entries(ROWS)) {
        if (!chosen.includes(name)) continue;
        console.error(`${name} …`);
        figures.push(...(await rows(office, filled)));
      }
    } finally {
      await office.running.stop();
    }
  }
  if (chosen.includes("mixed")) figures.push(...(await mixedFigures()));
  report(figures);
}

function report(figures: readonly Figure[]): void {
  const budgeted = figures.filter(hasBudget);
  const met = budgeted.filter(isMet).length;
  showPage(
    {
      title: "The web reader against its budgets",
      about: `Made by \`bench/reader.ts\`: ${MESSAGES} messages in ${ACCOUNTS} accounts, the built product, one page open in Debian's Chromium. ${met} of ${budgeted.length} budgets are met.`,
      table: table(figures),
    },
    options.only !== undefined || MESSAGES < 100_000 ? undefined : "reader",
  );
}

await main();
