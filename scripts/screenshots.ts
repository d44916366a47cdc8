// Pictures of every screen of the reader, light and dark, on a desk and on a phone, into docs/reader, and the page that
// shows them: the built product with its sample mail, in Debian's Chromium. Without a Japanese font and one of emoji, such
// as fonts-vlgothic and fonts-noto-color-emoji, boxes stand for letters.
// `node --conditions=restante-source scripts/screenshots.ts [NAME…]`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { startProduct } from "../interop/product.ts";
import { comeTo, holdBack } from "../packages/mail/test/webmail/browser/come-to-state.ts";
import { DIALOG, key, type State } from "../packages/mail/test/webmail/browser/state-parts.ts";
import { statesOf } from "../packages/mail/test/webmail/browser/states.ts";
import { galleryPage } from "./gallery.ts";
import { root } from "./house/command.ts";

const FOLDER = join(root, "docs", "reader");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const FIRST_DOWNLOAD_MS = 60_000;

/** A state whose name is a file's. */
interface Screen extends State {
  /** Taken when there is one; before that, every mail is there once. */
  readonly needsSource?: true;
  /** A draft begins with it, which is on no other picture. */
  readonly isWriting?: true;
}

const open =
  (subject: RegExp) =>
  async (page: Page): Promise<void> => {
    await page.getByRole("row", { name: subject }).first().click();
    await page.locator("article.message:not([aria-busy])").waitFor();
    // A frame of a message comes after it.
    for (const frame of page.frames().slice(1)) await frame.waitForLoadState("load");
  };
/** What is further down than the list draws is found by a search. */
const searched = (word: string): Pick<Screen, "place" | "ready"> => ({
  place: `#/all/search?q=${word}`,
  ready: "[role=row]",
});
/** The sheet of the first message a search finds. */
async function openSheet(page: Page): Promise<void> {
  const { origin, hash } = new URL(page.url());
  const query = hash.slice(hash.indexOf("?") + 1);
  const { rows } = (await ask(page, origin, { method: "GET", path: `/api/search?account=all&${query}` })) as {
    readonly rows: readonly { readonly account: string; readonly messageId: number }[];
  };
  const [row] = rows;
  await page.goto(`${origin}/m/${row?.account}/${row?.messageId}/print`);
  await page.locator("dl").first().waitFor();
}
const inbox = { place: "#/all/inbox", ready: "[role=row]" } as const;

/** A source whose server is this post office itself: the mail of `friend`. */
const SOURCE = "home";
/** The one draft of its person. */
const DRAFT = "stall-plan";

const SCREENS: readonly Screen[] = [
  { name: "inbox", ...inbox, act: open(/Voicemail/) },
  { name: "html", ...searched("kettle"), act: open(/Three teas/) },
  { name: "conversation", ...inbox, act: open(/Regatta stall/) },
  { name: "invitation", ...searched("planning"), act: open(/Planning/) },
  { name: "list", ...inbox },
  {
    name: "drawer",
    ...inbox,
    act: async (page) => {
      // On a desk they stand beside the list.
      const mailboxes = page.getByRole("button", { name: "Mailboxes" });
      if (!(await mailboxes.isVisible())) return;
      await mailboxes.click();
      await page.locator(".drawer").getByRole("link", { name: "Archive" }).waitFor();
    },
  },
  { name: "empty", place: "#/all/junk", ready: ".note" },
  { name: "search", place: "#/all/search?q=regatta", ready: "[role=row]" },
  {
    name: "write",
    ...inbox,
    act: async (page) => {
      await open(/Regatta stall/)(page);
      await page
        .getByRole("button", { name: /^Reply/ })
        .first()
        .click();
      await page.locator(".compose").waitFor();
    },
  },
  { name: "add-source", place: "#/sources/add", ready: "[name=password]" },
  { name: "add-source-question", place: "#/sources/add", ready: "[name=password]", act: tryServer },
  { name: "server", place: `#/source/${SOURCE}/server`, ready: ".totals", needsSource: true },
  { name: "activity", place: `#/source/${SOURCE}/activity`, ready: ".facts", needsSource: true },
  { name: "sources", place: "#/settings/sources", ready: ".one-source", needsSource: true },
  { name: "settings", place: "#/settings/look", ready: ".about" },
  {
    name: "write-formatted",
    ...inbox,
    isWriting: true,
    act: async (page) => {
      await page.keyboard.press("c");
      await page.getByRole("combobox", { name: "To" }).fill("mina@harbour.example,");
      await page.getByLabel("Subject").fill("Stall plan");
      await page.getByRole("button", { name: "Formatted text" }).click();
      const text = page.locator("[contenteditable=true]");
      await text.fill("For Saturday we need:");
      await text.press("End");
      await text.press("Enter");
      await page.getByRole("button", { name: "List", exact: true }).click();
      await page.keyboard.type("two tables");
      await page.keyboard.press("Enter");
      await page.keyboard.type("the blue tin");
      await page
        .getByRole("status")
        .filter({ hasText: /^Saved$/ })
        .waitFor();
    },
  },
  { name: "drafts", place: "#/drafts", ready: ".paper" },
  { name: "rules", place: "#/organise/rules", ready: ".things li" },
  {
    name: "rule-editor",
    place: "#/organise/rules",
    ready: ".things li",
    act: async (page) => {
      await page.getByRole("button", { name: "Change" }).first().click();
      await page.getByText(/^Matches \d+ messages? in the inbox$/).waitFor();
      // Saving stands below it.
      await page.getByRole("button", { name: "Save", exact: true }).scrollIntoViewIfNeeded();
    },
  },
  { name: "mailboxes", place: "#/organise/mailboxes", ready: ".things li" },
  { name: "transfer", place: "#/organise/transfer", ready: ".drop-place" },
  { name: "labels", place: "#/organise/labels", ready: ".things li" },
  { name: "addresses", place: "#/organise/addresses", ready: "main h1" },
  { name: "outbox", place: "#/outbox", ready: "[data-state=failed]" },
  { name: "print", ...searched("kettle"), act: openSheet },
  { name: "help", ...inbox, act: key("?", DIALOG) },
];

/** Pictures of states that are looked at in the tests, too. */
const SHOWN: Readonly<Record<string, string>> = {
  "delivery-report": "a delivery report",
  details: "its details",
  preview: "an attachment looked at",
  "first-download": "a first download",
  trouble: "a source in trouble, above the list",
  questions: "what collecting asks",
  removal: "asking before removal from the server",
  "settings-reading": "the settings of reading",
  "settings-notifications": "the settings of notifications",
  "settings-keyboard": "the settings of keyboard",
  "settings-language": "the settings of language",
};
const STATES = statesOf(SOURCE);
const SHOWN_SCREENS = Object.entries(SHOWN).map(([name, of]): Screen => {
  const state = STATES.find((one) => one.name === of);
  if (state === undefined) throw new Error(`no state is called ${of}`);
  return { ...state, name, needsSource: true };
});

/** Of a server from which something was removed: taken when all others are. */
const REMOVED: Screen = {
  name: "removals",
  place: `#/source/${SOURCE}/server`,
  ready: ".totals",
  act: async (page) => {
    await page.locator("details.log summary").click();
    await page.locator(".log-rows li").first().scrollIntoViewIfNeeded();
  },
};

/** Nobody is let in. */
const DOOR: Screen = { name: "door", place: "#/all/inbox", ready: "[role=alert]", failing: "**/api/session" };

/** Of a post office without an account. */
const FIRST_RUN: Screen = {
  name: "first-run",
  place: "#/all/inbox",
  ready: ".note",
  // Beside the list where there is room; asked for once it is drawn.
  async act(page) {
    if (page.viewportSize()?.width === SIZES.desk.width)
      await page.getByRole("navigation", { name: "Sources" }).waitFor();
  },
};

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

mkdirSync(FOLDER, { recursive: true });
const ALL_SCREENS = [FIRST_RUN, ...SCREENS, ...SHOWN_SCREENS, REMOVED, DOOR].map(({ name }) => name);
writeFileSync(join(FOLDER, "README.md"), galleryPage(ALL_SCREENS));
dropOthers();
const product = await startProduct({ args: ["--demo"] });
const friend = product.accounts.find(({ user }) => user === "friend");
const wanted = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });
try {
  if (wanted.length === 0 || wanted.includes(FIRST_RUN.name)) await takeFirstRun();
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(product.url ?? "");
  await page.locator("[role=row]").first().waitFor();
  const origin = new URL(page.url()).origin;
  await settleIn(page);
  const chosen = [...SCREENS, ...SHOWN_SCREENS, DOOR].filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name),
  );
  await takeAll(
    page,
    origin,
    chosen.filter(({ needsSource }) => needsSource !== true),
  );
  await addSource(page, origin);
  await takeAll(
    page,
    origin,
    chosen.filter(({ needsSource }) => needsSource === true),
  );
  if (wanted.length === 0 || wanted.includes(REMOVED.name)) {
    await removeTwo(page, origin);
    await takeAll(page, origin, [REMOVED]);
  }
} finally {
  await browser.close();
  await product.stop();
}

/** Pictures of screens there are no more. */
function dropOthers(): void {
  const named = (file: string): string => file.replace(/-(?:light|dark)-(?:desk|phone)\.png$/, "");
  for (const file of readdirSync(FOLDER))
    if (file.endsWith(".png") && !ALL_SCREENS.includes(named(file))) rmSync(join(FOLDER, file));
}

async function takeFirstRun(): Promise<void> {
  const empty = await startProduct();
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" });
  try {
    const page = await context.newPage();
    await page.goto(empty.url ?? "");
    await page.locator(FIRST_RUN.ready).first().waitFor();
    await takeAll(page, new URL(page.url()).origin, [FIRST_RUN]);
  } finally {
    await context.close();
    await empty.stop();
  }
}

/** Asks the API as the reader's own page does. */
async function ask(page: Page, origin: string, asked: { method: string; path: string; data?: unknown }) {
  const { method, path, data } = asked;
  const headers = { origin, "sec-fetch-site": "same-origin" };
  const answer = await page.request.fetch(`${origin}${path}`, {
    method,
    headers,
    ...(data === undefined ? {} : { data }),
  });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (await answer.json()) as unknown;
}

/** What a person has after a while: mailboxes, a label, a rule and a draft of their own, and messages on their way out. */
async function settleIn(page: Page): Promise<void> {
  const { origin } = new URL(page.url());
  const put = (method: string, path: string, data: unknown): Promise<unknown> =>
    ask(page, origin, { method, path, data });
  const account = "1";
  for (const name of ["Harbour", "Receipts"]) await put("POST", "/api/mailboxes", { account, name });
  await put("PUT", "/api/labels", { account, label: "l.regatta", name: "Regatta", colour: "teal" });
  const rule = {
    id: "harbour",
    name: "The harbour",
    isEnabled: true,
    match: "any",
    conditions: [
      { field: "from", test: "ends", value: "@harbour.example" },
      { field: "subject", test: "contains", value: "regatta" },
    ],
    actions: [
      { kind: "move", mailbox: "Harbour" },
      { kind: "label", label: "l.regatta" },
    ],
    stops: false,
  };
  await put("PUT", "/api/rules", { account, rules: [rule], version: 0 });
  const fields = {
    from: "demo@localhost",
    to: [{ name: "Mina Okafor", address: "mina@harbour.example" }],
    cc: [],
    bcc: [],
    subject: "Stall plan",
    text: "For Saturday we need two tables and the blue tin.\n",
    html: null,
    inReplyTo: null,
    references: [],
    answers: null,
    asksForReceipt: false,
  };
  await put("PUT", `/api/drafts/${DRAFT}`, { account, version: 0, fields });
  const send = async (id: string, is: Partial<typeof fields>): Promise<string> => {
    await put("PUT", `/api/drafts/${id}`, { account, version: 0, fields: { ...fields, ...is } });
    const entry = (await put("POST", `/api/drafts/${id}/send`, { account, version: 1 })) as { readonly id: string };
    await put("POST", `/api/outbox/${entry.id}/retry`, { account });
    return entry.id;
  };
  // One stays in the house and is there; of the other no submission server is known.
  const friends = [{ name: "", address: "friend@localhost" }];
  await send("keys-to-friend", { to: friends, subject: "Keys of the boathouse", text: "In the blue tin.\n" });
  await send("rope-for-mina", { subject: "Rope for the pier", text: "Forty fathoms are enough.\n" });
}

async function takeAll(page: Page, origin: string, screens: readonly Screen[]): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const screen of screens) await take(page, origin, screen, `${screen.name}-${theme}-${size}.png`);
    }
  }
}

async function take(page: Page, origin: string, screen: Screen, file: string): Promise<void> {
  const letThrough = await holdBack(page, screen);
  await comeTo(page, origin, screen);
  await page.screenshot({ path: join(FOLDER, file), animations: "disabled" });
  await letThrough();
  console.log(file);
  if (screen.isWriting === true) await dropDrafts(page, origin);
}

async function dropDrafts(page: Page, origin: string): Promise<void> {
  await page.goto("about:blank");
  const listed = await ask(page, origin, { method: "GET", path: "/api/drafts?account=1" });
  const { drafts } = listed as { readonly drafts: readonly { readonly id: string; readonly version: number }[] };
  for (const { id, version } of drafts.filter((draft) => draft.id !== DRAFT))
    await ask(page, origin, { method: "DELETE", path: `/api/drafts/${id}`, data: { account: "1", version } });
}

async function fillServer(page: Page): Promise<void> {
  await page.getByLabel("E-mail address").fill("robin@home.example");
  await page.getByLabel("Password").fill(friend?.password ?? "");
  await page.getByRole("button", { name: "Write the server by hand" }).click();
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByLabel("Port").fill(String(product.port("pop3")));
  await page.getByLabel("User name").fill("friend");
}

async function tryServer(page: Page): Promise<void> {
  await fillServer(page);
  await page.getByRole("button", { name: "Try this server" }).click();
  await page.locator(".wishes").waitFor();
}

/** By the wizard, as a person would. */
async function addSource(page: Page, origin: string): Promise<void> {
  await page.setViewportSize(SIZES.desk);
  await page.goto("about:blank");
  await page.goto(`${origin}/#/sources/add`);
  await tryServer(page);
  await page.getByRole("button", { name: "Start collecting" }).click();
  await page.locator("[role=row]").first().waitFor({ timeout: FIRST_DOWNLOAD_MS });
  await page.getByText("Up to date").first().waitFor({ state: "attached", timeout: FIRST_DOWNLOAD_MS });
}

/** From the server, where a person would. */
async function removeTwo(page: Page, origin: string): Promise<void> {
  await page.setViewportSize(SIZES.desk);
  await page.goto("about:blank");
  await page.goto(`${origin}/${REMOVED.place}`);
  for (const subject of ["Your tickets", "Three photos"])
    await page.getByRole("checkbox", { name: `Choose ${subject}` }).click();
  await page.getByRole("button", { name: "Remove from server…" }).click();
  await page
    .getByRole("alertdialog")
    .or(page.getByRole("dialog"))
    .getByRole("button", { name: /^Remove/ })
    .click();
  await page.locator("details.log summary").click();
  await page.locator(".log-rows li").nth(1).waitFor();
}
