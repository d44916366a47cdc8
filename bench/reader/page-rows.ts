// What is measured in Chromium, at a quarter of its speed, as a page of the built reader: what a person waits for.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { newContext, openProfile } from "../../packages/mail/test/webmail/browser/browser.ts";
import type { Asking } from "./asking.ts";
import type { Filled, MessagePlace } from "./fill.ts";
import { percentile, type Figure } from "./figures.ts";
import { PROBE } from "./page-probe.ts";

const SLOWER = 4;
export const THROTTLED = "Chromium at a quarter of its speed";
const KEYS = 60;
const WHEELS = 250;
/** So many that the slowest but one is not the 95th percentile. */
const OPENED = 100;
const ROUNDS = 15;
/** What is not shown by then never is. */
const SHOWN_MS = 20_000;
/** Chromium keeps what it compiled a while after it did. */
const STAYS_MS = 4_000;

export interface ReaderPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly cdp: CDPSession;
}

/** A page of a browser that was let in and has seen nothing yet. */
export async function openReaderPage(browser: Browser, asking: Asking): Promise<ReaderPage> {
  const context = await newContext(browser);
  await letIn(context, asking);
  return nextPage(context);
}

async function letIn(context: BrowserContext, asking: Asking): Promise<void> {
  await context.addCookies([{ ...asking.cookie, url: asking.origin, sameSite: "Strict", httpOnly: true }]);
  await context.addInitScript(PROBE);
}

export async function nextPage(context: BrowserContext): Promise<ReaderPage> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  return { page, context, cdp };
}

/** Milliseconds from the start of the navigation until the first row was painted. */
export async function firstRow(reader: ReaderPage, origin: string): Promise<number> {
  await reader.page.goto(`${origin}/#/all/inbox`);
  return shownIn(reader, "window.__probe.firstRow");
}

/** Milliseconds from the start of the navigation until the program had taken over what was painted. */
async function usable(reader: ReaderPage): Promise<number> {
  return shownIn(reader, "performance.getEntriesByName('restante:usable')[0]?.startTime");
}

/**
 * What the expression gives in the first frame in which it gives something. The page's policy lets nothing be evaluated
 * later, so the page looks at every frame. Asked of the browser itself: what evaluates for tests is a script of its own,
 * which would be compiled in the page while that begins.
 */
async function shownIn({ cdp }: ReaderPage, expression: string): Promise<number> {
  const { result, exceptionDetails } = await cdp.send("Runtime.evaluate", {
    expression: `new Promise((resolve, reject) => {
      setTimeout(reject, ${SHOWN_MS}, new Error("not there in time"));
      const look = () => {
        const value = ${expression};
        if (value === undefined || value === null || value === false) requestAnimationFrame(look);
        else resolve(value);
      };
      look();
    })`,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails !== undefined)
    throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  return result.value as number;
}

interface Visit<T> {
  /** Before the first page. */
  readonly prepare: (context: BrowserContext) => Promise<void>;
  readonly look: (reader: ReaderPage) => Promise<T>;
}

/**
 * What is seen on a first visit, and on later ones: in a profile that is kept, which had the page open twice. That is when
 * Chromium has compiled code of a page at hand; of contexts that end with their pages it keeps none.
 */
export async function coldAndWarm<T>(
  browser: Browser,
  { prepare, look }: Visit<T>,
): Promise<{ readonly cold: readonly T[]; readonly warm: readonly T[] }> {
  const cold: T[] = [];
  const warm: T[] = [];
  const visit = async (context: BrowserContext, staysMs = 0): Promise<T> => {
    const reader = await nextPage(context);
    const seen = await look(reader);
    await wait(staysMs);
    await reader.page.close();
    return seen;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await newContext(browser);
    await prepare(context);
    cold.push(await visit(context));
    await context.close();
  }
  const folder = mkdtempSync(join(tmpdir(), "restante-bench-"));
  const context = await openProfile(folder);
  try {
    await prepare(context);
    for (let before = 0; before < 2; before += 1) await visit(context, STAYS_MS);
    for (let round = 0; round < ROUNDS; round += 1) warm.push(await visit(context));
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { cold, warm };
}

export async function paintFigures(browser: Browser, asking: Asking): Promise<readonly Figure[]> {
  const seen = await coldAndWarm(browser, {
    prepare: (context) => letIn(context, asking),
    look: async (reader) => ({ painted: await firstRow(reader, asking.origin), taken: await usable(reader) }),
  });
  const figure = (what: string, when: keyof typeof seen, of: "painted" | "taken") => ({
    what: `${what}, ${when}`,
    ours: percentile(
      seen[when].map((one) => one[of]),
      0.5,
    ),
    unit: "ms",
    note: `${THROTTLED}, median of ${ROUNDS}`,
  });
  return [
    { ...figure("first list painted", "cold", "painted"), budget: 1_200 },
    { ...figure("first list painted", "warm", "painted"), budget: 500 },
    figure("what was painted can be used", "cold", "taken"),
    figure("what was painted can be used", "warm", "taken"),
  ];
}

export async function keyFigures(reader: ReaderPage): Promise<readonly Figure[]> {
  const { page } = reader;
  await page.locator("[role=row]").first().focus();
  await page.evaluate("Object.assign(window.__probe, { keys: [], watchesKeys: true })");
  for (let n = 0; n < KEYS; n += 1) {
    await page.keyboard.press(n % 3 === 2 ? "k" : "j");
    await shownIn(reader, `window.__probe.keys.length > ${n}`);
  }
  const keys = (await page.evaluate("window.__probe.watchesKeys = false, window.__probe.keys")) as number[];
  const note = `${THROTTLED}, j and k in the list`;
  return [{ what: "key press to paint: p95", budget: 50, ours: percentile(keys, 0.95), unit: "ms", note }];
}

export async function scrollFigures({ page }: ReaderPage): Promise<readonly Figure[]> {
  await page.locator(".list-scroller").hover({ position: { x: 200, y: 300 } });
  await page.evaluate("window.__probe.watch()");
  for (let n = 0; n < WHEELS; n += 1) {
    await page.mouse.wheel(0, 400);
    await page.evaluate("window.__probe.painted()");
  }
  const { frames, blank } = (await page.evaluate("window.__probe.watching = false, window.__probe")) as {
    readonly frames: readonly number[];
    readonly blank: number;
  };
  const note = `${THROTTLED}, ${WHEELS} turns of the wheel, ${(WHEELS * 400) / 1_000} thousand pixels`;
  return [
    { what: "scrolling: longest frame", budget: 100, ours: Math.max(...frames), unit: "ms", note },
    { what: "scrolling: rows that are not there yet", budget: 100, ours: blank, unit: "ms", note },
  ];
}

export async function openFigures(reader: ReaderPage, { newsletters }: Filled): Promise<readonly Figure[]> {
  const some = newsletters.slice(-OPENED);
  const first: number[] = [];
  const again: number[] = [];
  for (const place of some) first.push(await openMessage(reader, place));
  for (const place of some) again.push(await openMessage(reader, place));
  const note = `${THROTTLED}, ${OPENED} newsletters of 90 kB`;
  const figure = (what: string, budget: number, times: readonly number[]): Figure => ({
    what: `message opened, ${what}: p95`,
    budget,
    ours: percentile(times, 0.95),
    unit: "ms",
    note,
  });
  return [figure("for the first time", 500, first), figure("read before", 200, again)];
}

export async function openMessage({ page }: ReaderPage, { account, messageId }: MessagePlace): Promise<number> {
  await page.evaluate('window.location.hash = "#/all/inbox"');
  await page.locator("article.message").waitFor({ state: "detached" });
  return (await page.evaluate(`window.__probe.open("#/all/inbox?open=${account}.m${messageId}")`)) as number;
}

export async function bombFigures(reader: ReaderPage, { bombs }: Filled, asking: Asking): Promise<readonly Figure[]> {
  let longest = 0;
  let worst = "";
  let slowest = 0;
  const unopened: string[] = [];
  for (const bomb of bombs) {
    await reader.page.evaluate("window.__probe.tasks.length = 0");
    const began = performance.now();
    // How long the reader stood still says nothing when the message was never on the screen.
    await openMessage(reader, bomb).catch((error: unknown) => {
      console.error(bomb.name, error);
      unopened.push(bomb.name);
    });
    await asking.get(`/api/accounts/${bomb.account}/messages/${bomb.messageId}`);
    slowest = Math.max(slowest, performance.now() - began);
    const tasks = (await reader.page.evaluate("window.__probe.tasks")) as readonly (readonly [number, number])[];
    const most = Math.max(0, ...tasks.map(([, duration]) => duration));
    if (most > longest) [longest, worst] = [most, bomb.name];
  }
  const names = bombs.map(({ name }) => name).join(", ");
  return [
    {
      what: "hostile messages that opened",
      budget: bombs.length,
      isLeast: true,
      ours: bombs.length - unopened.length,
      unit: "",
      note: unopened.length === 0 ? names : `not ${unopened.join(", ")}`,
    },
    {
      what: "hostile message: longest stall of the reader",
      budget: 200,
      ours: longest,
      unit: "ms",
      note: `${THROTTLED}; ${names}; worst ${worst}`,
    },
    {
      what: "hostile message: shown or given up within",
      budget: 3_000,
      ours: slowest,
      unit: "ms",
      note: "a thread may take 1.5 s for each of reading and HTML",
    },
  ];
}

/** Begin words of the generated mail. No two begin alike: what was found before the page does not ask again. */
const TYPED = "common w12 subject person5 example w4321 w777 w9012 w3051 w8140 w2718 w5566 w6409".split(" ");

export async function typeFigures({ page }: ReaderPage): Promise<readonly Figure[]> {
  const times: number[] = [];
  const field = page.getByRole("search").getByRole("combobox");
  for (const word of TYPED) {
    await field.fill("");
    await page.evaluate('window.location.hash = "#/all/inbox"');
    await page.locator(".terms").waitFor({ state: "detached" });
    await page.locator("[role=row]").first().waitFor();
    // One letter is not looked for.
    await page.keyboard.type(word.slice(0, 1));
    for (let end = 2; end <= word.length; end += 1) {
      await page.evaluate(`window.__probe.sought(${JSON.stringify(word.slice(0, end))})`);
      // Asked before the key, so that the page has nothing to do for the bench while it answers.
      const answered = page.evaluate("window.__probe.answered");
      await page.keyboard.type(word[end - 1] ?? "");
      times.push((await answered) as number);
    }
  }
  console.error(times.map(Math.round).join(" "));
  const note = `${THROTTLED}, ${times.length} letters; from the key to the painted rows that answer it, both as the page saw them`;
  return [
    { what: "search in the page, each letter: p95", budget: 100, ours: percentile(times, 0.95), unit: "ms", note },
    { what: "search in the page, the slowest letter", ours: Math.max(...times), unit: "ms", note: THROTTLED },
  ];
}

/** Of the page's own heap, after what nobody needs was thrown away. */
export async function heapMegabytes({ cdp }: ReaderPage): Promise<number> {
  await cdp.send("HeapProfiler.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  return usedSize / 1_048_576;
}
