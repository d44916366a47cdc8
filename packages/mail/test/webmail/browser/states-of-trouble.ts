// States a person seldom sees, and never on purpose: what the server answers is changed on its way, so that each can be
// had with the sample mail alone.
import type { Page } from "playwright-core";
import { inbox, inTurn, type Json, letterThat, messageThat, openFirst, press, ROW, type State } from "./state-parts.ts";

/** The first source, otherwise than it is. */
export const sourceThat = (is: Json): NonNullable<State["answer"]> => ({
  at: "**/api/sources",
  becomes: (body) => {
    const { sources } = body as { readonly sources: readonly Json[] };
    return { sources: sources.map((source, at) => (at === 0 ? { ...source, ...is } : source)) };
  },
});

/** What lists are answered from is behind; `more` is what of the state looks different. */
const behind = (
  index: Json,
  { name, place, ready, says }: { name: string; place: string; ready: string; says: string },
): State => ({
  name,
  place,
  ready,
  answer: {
    at: "**/api/mailboxes?*",
    becomes: (body) => ({ ...(body as Json), index: { waiting: 0, messages: 100_000, stopped: null, ...index } }),
  },
  act: async (page) => {
    await page.locator(".strip.behind").waitFor();
    await page.getByText(says).first().waitFor();
  },
});

const trouble = (code: string, more: Json = {}): Json => ({
  state: "idle",
  lastOutcome: "failed",
  trouble: {
    code,
    values: {},
    reply: "",
    words: "the English words of it",
    advice: ["goes-on"],
    certificate: null,
    ...more,
  },
});

const fingerprint = (pair: string): string => Array.from({ length: 32 }, () => pair).join(":");

const certificate = {
  fingerprint: fingerprint("A1"),
  subject: "CN=pop.studio.example, O=A studio with a long name",
  issuer: "CN=pop.studio.example, O=A studio with a long name",
  names: ["pop.studio.example", "mail.studio.example", "192.0.2.1"],
  validFrom: Date.UTC(2026, 0, 2),
  validTo: Date.UTC(2027, 0, 2),
};

const UNTRUSTED = trouble("TLS_UNTRUSTED", { advice: ["pin"], certificate });

const progress = { phase: "retr", n: 311, of: 400, octets: 6.2e7, octetsTotal: 9e7, octetsPerSecond: 240_000 };
export const QUESTIONS: readonly Json[] = [
  { kind: "many", messages: 30, going: 30, listed: 40, words: "" },
  { kind: "clock", messages: 3, clock: "set-back", days: 3, words: "" },
  { kind: "restored", messages: 3, what: "server", words: "" },
  { kind: "migration", messages: 5, gone: 5, came: 6, adopted: 1, words: "" },
];

/** Tries a server, which answers as `answer` says. */
const tryServer =
  (appears: string) =>
  async (page: Page): Promise<void> => {
    await page.getByLabel("E-mail address").fill("pat@studio.example");
    await page.getByLabel("Password").fill("secret");
    await page.getByRole("button", { name: "Write the server by hand" }).click();
    await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
    await page.getByLabel("Encryption").selectOption("none");
    // Nobody listens there.
    await page.getByLabel("Port").fill("1");
    await page.getByLabel("User name").fill("pat");
    await page.getByRole("button", { name: "Try this server" }).click();
    await page.locator(appears).first().waitFor();
  };

const HTML_BODY = {
  kind: "html",
  part: "1",
  octets: 9,
  remoteImages: 3,
  trackers: 1,
  text: [{ quote: 0, text: "Its text.", links: [], isSignature: false }],
  isTooLarge: false,
  isBlank: false,
  height: null,
  url: "/api/session",
};

/** The session is refused, so nothing of the reader is drawn but why; `status` says which it is. */
const shut = (name: string, status: number): State => ({
  name,
  place: "#/all/inbox",
  ready: ".note[role=alert]",
  failing: "**/api/session",
  status,
  isDeaf: true,
});

/** `source` is the name of the only source. */
export const statesOfTrouble = (source: string): readonly State[] => [
  shut("a door that is shut", 401),
  shut("a door nobody answers at", 500),
  { name: "a page that is not connected", ...inbox, ready: ".offline", failing: "**/api/events?*", isDeaf: true },
  {
    name: "all that are listed chosen, of more",
    ...inbox,
    answer: {
      at: /\/api\/list\?(?!.*after=)/,
      becomes: (body) => ({ ...(body as Json), next: "1", total: 337 }),
    },
    act: async (page) => {
      await page.locator(".choose-all input").check({ force: true });
      await page.locator(".strip-said [role=status]").waitFor();
    },
  },
  {
    name: "a first download",
    ...inbox,
    answer: sourceThat({ state: "running", progress }),
    act: (page) => page.locator(".strip progress").waitFor(),
  },
  {
    name: "a download that was paused",
    ...inbox,
    answer: sourceThat({ state: "paused" }),
    act: (page) => page.locator(".strip button").waitFor(),
  },
  {
    name: "a source in trouble, above the list",
    ...inbox,
    answer: sourceThat({
      ...trouble("MAILBOX_BUSY", { reply: "-ERR [IN-USE] locked" }),
      nextRunAt: Date.now() + 120_000,
    }),
    act: (page) => page.locator(".strip.trouble").waitFor(),
  },
  {
    name: "a disk that is nearly full",
    ...inbox,
    answer: sourceThat(trouble("low-space", { values: { least: 1e9 }, advice: ["room"] })),
    act: (page) => page.locator(".strip.disk").waitFor(),
  },
  behind(
    { waiting: 12_400 },
    { name: "messages that are still being prepared", ...inbox, says: "12,400 of 100,000 messages are still" },
  ),
  behind(
    { stopped: "disk" },
    { name: "lists that stopped for a full disk", ...inbox, says: "New mail is not shown now" },
  ),
  behind(
    { waiting: 1, stopped: "failure" },
    { name: "lists that stopped for a failure", ...inbox, says: "restante doctor says why" },
  ),
  behind(
    { waiting: 1 },
    { name: "an empty list that may lack mail", place: "#/all/junk", ready: ".note", says: "Nothing here yet" },
  ),
  behind(
    { waiting: 1 },
    {
      name: "a search that found nothing so far",
      place: "#/all/search?q=zzzqqq",
      ready: ".note",
      says: "Nothing found so far",
    },
  ),
  {
    name: "a source in trouble, on its own page",
    place: `#/source/${source}/activity`,
    ready: ".alarm",
    answer: sourceThat({
      ...trouble("TLS_NAME", { advice: ["certificate-name", "login"] }),
      got: { n: 311, of: 400 },
      warnings: [{ code: "expire-sooner", values: { days: 7 }, words: "x" }],
    }),
    act: (page) => page.locator(".exactly summary").click(),
  },
  {
    name: "a certificate that may be trusted",
    place: `#/settings/sources/${source}`,
    ready: ".certificate",
    answer: sourceThat({ ...UNTRUSTED, mayTrust: true }),
  },
  {
    name: "asking before a certificate is trusted",
    place: `#/settings/sources/${source}`,
    ready: ".certificate",
    answer: sourceThat({ ...UNTRUSTED, mayTrust: true }),
    act: press("Trust this certificate", "[role=alertdialog]"),
  },
  {
    name: "a certificate that is not the trusted one, on a phone",
    place: `#/settings/sources/${source}`,
    ready: ".certificate",
    isPhone: true,
    answer: sourceThat({
      ...trouble("TLS_PIN", { advice: ["pin-changed"], certificate }),
      pins: [fingerprint("B2")],
      mayTrust: false,
    }),
  },
  {
    name: "a server whose certificate is not trusted, wanted all the same",
    place: "#/sources/add",
    ready: "[name=password]",
    answer: {
      at: "**/api/sources/test",
      becomes: () => ({
        steps: [
          { step: "connect", state: "ok", values: {} },
          { step: "tls", state: "failed", values: {} },
        ],
        reached: null,
        trouble: UNTRUSTED["trouble"],
      }),
    },
    act: inTurn(tryServer(".alarm"), press("Add it all the same", ".wishes")),
  },
  {
    name: "what collecting asks",
    place: `#/source/${source}/activity`,
    ready: ".alarm",
    answer: sourceThat({ state: "needs-you", questions: QUESTIONS }),
  },
  { name: "a server that cannot be added", place: "#/sources/add", ready: "[name=password]", act: tryServer(".alarm") },
  {
    name: "what becomes of mail on a new server",
    place: "#/sources/add",
    ready: "[name=password]",
    answer: {
      at: "**/api/sources/test",
      becomes: () => ({
        steps: [{ step: "connect", state: "ok", values: {} }],
        reached: { tls: "TLSv1.3", messages: 1_204, octets: 8.1e8, oldest: Date.UTC(2019, 1, 3), implementation: null },
        trouble: null,
      }),
    },
    act: tryServer(".reached"),
  },
  messageThat("a message of which the header alone is here", {
    server: {
      source,
      state: "headers-only",
      removeAt: null,
      removable: null,
      isCollected: true,
      whole: { uniqueId: "u", octets: 34e6, isComing: false },
    },
    bodies: [],
  }),
  messageThat("a message of a source that is collected no more", {
    server: { source, state: "unknown", removeAt: null, removable: null, isCollected: false, whole: null },
  }),
  messageThat("a message that cannot be read", { isUnreadable: true, bodies: [], problems: ["took-too-long"] }),
  messageThat("a message that is too complicated", { bodies: [{ ...HTML_BODY, isTooLarge: true }] }),
  messageThat("an encrypted message", { bodies: [{ kind: "encrypted", part: "1", with: "pgp" }] }),
  letterThat("images of a trusted sender", { imagesTrusted: [{ kind: "sender", value: "letter@kettle.example" }] }),
  letterThat("images of a forged sender", { authentic: "failed" }),
  letterThat("images of a sender nothing speaks for", { authentic: "unproved" }),
  {
    ...letterThat("asking before a sender is trusted", {}),
    act: async (page) => {
      await openFirst(page);
      await page.getByRole("button", { name: "Always…" }).click();
      await page.getByRole("menuitem", { name: /^Always for everyone/ }).click();
      await page.locator("[role=alertdialog]").waitFor();
    },
  },
  {
    name: "what was done, with its undo",
    place: "#/all/search?q=unterlagen",
    ready: ROW,
    act: async (page) => {
      await openFirst(page);
      await page.keyboard.press("Shift+U");
      // It stays as long as somebody points at it.
      await page.locator(".toast").hover();
    },
  },
  {
    name: "new mail above what is in use",
    ...inbox,
    act: async (page) => {
      await page.locator("[role=row][tabindex='0']").focus();
      await page.evaluate(`fetch("/api/import?account=1&format=eml", {
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
        body: "From: Pat <pat@studio.example>\\r\\nSubject: " + Math.random() + "\\r\\n\\r\\nHello.\\r\\n",
      })`);
      await page.locator(".new-notice").waitFor();
    },
  },
];
