// States of writing and of sorting that come when something is odd: what the server answers is changed on its way, so that
// each can be had with the sample mail alone.
import type { Page } from "playwright-core";
import { inbox, type Json, openFirst, ROW, type State } from "./state-parts.ts";

const unterlagen = { place: "#/all/search?q=unterlagen", ready: ROW } as const;
const MESSAGE = /\/api\/accounts\/\d+\/messages\/\d+$/;

async function compose(page: Page): Promise<void> {
  await page.keyboard.press("c");
  await page.locator(".compose").waitFor();
}

/** What was written is not offered to whoever looks next. */
const forgotten = (page: Page): Promise<unknown> => page.evaluate("localStorage.clear()");

const messageThat = (name: string, is: Json): State => ({
  name,
  ...unterlagen,
  answer: { at: MESSAGE, becomes: (body) => ({ ...(body as Json), ...is }) },
  act: async (page) => {
    await openFirst(page);
    await page.locator(".asks").first().waitFor();
  },
});

const MINA = "mina@harbour.example";
const PAT = "pat@studio.example";
const entry = (is: Json): Json => ({
  account: "1",
  messageId: 1,
  subject: `It is ${String(is["id"])}`,
  to: [MINA, PAT],
  taken: [],
  canBeTakenBack: true,
  isMaybeSent: false,
  queuedAt: Date.UTC(2026, 2, 2),
  holdUntil: Date.UTC(2026, 2, 2),
  nextTryAt: Date.UTC(2026, 2, 2),
  attempts: 1,
  sentAt: null,
  trouble: null,
  refused: [],
  ...is,
});
const trouble = (code: string, reply = ""): Json => ({ code, values: {}, reply, words: "the English words of it" });
const ENTRIES: readonly Json[] = [
  entry({ id: "held-for-now", state: "held", holdUntil: Date.UTC(2100, 0), attempts: 0 }),
  entry({ id: "queued-first", state: "queued", attempts: 0 }),
  entry({ id: "tried-before", state: "queued", trouble: trouble("try-later", "451 4.7.1 greylisted") }),
  entry({ id: "on-its-way", state: "sending", canBeTakenBack: false }),
  entry({ id: "sent-to-all", state: "sent", taken: [MINA, PAT], sentAt: Date.UTC(2026, 2, 2), canBeTakenBack: false }),
  entry({
    id: "sent-to-some",
    state: "sent",
    taken: [MINA],
    sentAt: Date.UTC(2026, 2, 2),
    trouble: trouble("recipients-refused"),
    refused: [{ address: PAT, reply: "550 5.1.1 nobody here" }],
  }),
  entry({ id: "perhaps-sent", state: "failed", isMaybeSent: true, trouble: trouble("maybe-sent") }),
  entry({
    id: "receipt-perhaps-sent",
    state: "failed",
    isMaybeSent: true,
    canBeTakenBack: false,
    canBeFiled: true,
    trouble: trouble("maybe-sent"),
  }),
  entry({ id: "not-sent-at-all", state: "failed", trouble: trouble("login-refused", "535 5.7.8 no") }),
];

/** Drops nothing: the button's own field takes the file. */
async function bringIn(page: Page, appears: string): Promise<void> {
  const letter = Buffer.from(`Subject: Brought in\r\nMessage-ID: <${Math.random()}@a.example>\r\n\r\nHello.\r\n`);
  const file = { name: "one message.eml", mimeType: "message/rfc822", buffer: letter };
  await page.locator(".drop-place input[type=file]").first().setInputFiles(file);
  await page.locator(`.drop-place ${appears}`).first().waitFor();
}
const transfer = { place: "#/organise/transfer", ready: ".drop-place" } as const;

export const STATES_OF_WRITING: readonly State[] = [
  {
    name: "a draft that was changed in another window",
    ...inbox,
    act: async (page) => {
      await compose(page);
      const changed = { code: "conflict", message: "changed", reason: "draft-changed", values: {} };
      await page.route("**/api/drafts/*", (route) => route.fulfill({ status: 409, json: { error: changed } }));
      await page.getByLabel("Subject").fill("Two windows");
      await page.locator(".compose .compose-hint.warning").waitFor();
      await forgotten(page);
    },
  },
  {
    name: "attachments a server may not take",
    ...inbox,
    answer: {
      at: "**/api/drafts",
      becomes: (body) => ({
        ...(body as Json),
        attachments: [
          { id: "the-film-1", fileName: "film.mp4", mediaType: "video/mp4", octets: 21_000_000, isInline: false },
        ],
      }),
    },
    act: async (page) => {
      await compose(page);
      await page.locator(".compose").getByText("film.mp4").waitFor();
      await page.locator(".compose .compose-hint").waitFor();
    },
  },
  {
    name: "a file that is being attached",
    ...inbox,
    waiting: "**/api/drafts/*/attachments?*",
    act: async (page) => {
      await compose(page);
      const file = { name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("plan") };
      await page.locator(".compose input[type=file]").setInputFiles(file);
      await page.locator(".compose-attachment progress").waitFor();
      await forgotten(page);
    },
  },
  {
    name: "answering from another address than the mail came to",
    ...unterlagen,
    answer: {
      at: "**/api/identities?*",
      becomes: (body) => {
        const { identities } = body as { readonly identities: readonly Json[] };
        const other = { ...identities[0], address: "other@harbour.example", name: "Other", isDefault: false };
        return { identities: [...identities, other] };
      },
    },
    act: async (page) => {
      await openFirst(page);
      await page.keyboard.press("r");
      const from = page.locator(".compose-from");
      await from.selectOption("other@harbour.example");
      await page.locator(".compose-hint.warning").waitFor();
      await forgotten(page);
    },
  },
  messageThat("a list that can be left", {
    unsubscribe: { oneClick: "https://list.example/leave", mail: null, page: null },
  }),
  messageThat("a sender who asks for a receipt", { receiptTo: [{ name: "Clerk", address: "clerk@court.example" }] }),
  {
    name: "the outbox with all that can become of a message",
    place: "#/outbox",
    ready: ".outgoing",
    answer: {
      at: "**/api/outbox?*",
      becomes: () => ({
        entries: ENTRIES,
        unreadable: [
          { id: "damaged-one", account: "1", eml: "/m/1/1/eml" },
          { id: "damaged-two", account: "1", eml: null },
        ],
      }),
    },
    act: (page) => page.locator("[data-state=unreadable]").nth(1).waitFor(),
  },
  {
    name: "asking before an entry that cannot be read is removed",
    place: "#/outbox",
    ready: ".outgoing",
    answer: {
      at: "**/api/outbox?*",
      becomes: () => ({ entries: [], unreadable: [{ id: "damaged-one", account: "1", eml: "/m/1/1/eml" }] }),
    },
    act: async (page) => {
      await page.getByRole("button", { name: "Remove…" }).click();
      await page.locator("[role=alertdialog]").waitFor();
    },
  },
  {
    name: "a message that perhaps has gone, before it is written on",
    place: "#/outbox",
    ready: ".outgoing",
    answer: {
      at: "**/api/outbox?*",
      becomes: () => ({ entries: ENTRIES.filter(({ id }) => id === "perhaps-sent"), unreadable: [] }),
    },
    act: async (page) => {
      await page.getByRole("button", { name: "Edit" }).click();
      await page.locator("[role=alertdialog]").waitFor();
    },
  },
  {
    name: "mail being brought in",
    ...transfer,
    waiting: "**/api/import?*",
    act: (page) => bringIn(page, "progress"),
  },
  { name: "mail that was brought in", ...transfer, act: (page) => bringIn(page, "[role=status] p") },
  {
    name: "mail that could not be brought in",
    ...transfer,
    failing: "**/api/import?*",
    act: (page) => bringIn(page, ".tested.wrong"),
  },
  {
    name: "a rule that is changed, with what it matches",
    place: "#/organise/rules",
    ready: ".things li",
    act: async (page) => {
      await page.getByRole("button", { name: "Change" }).first().click();
      await page.getByText(/^Matches \d+ messages? in the inbox$/).waitFor();
    },
  },
  {
    name: "a label that is changed",
    place: "#/organise/labels",
    ready: ".things li",
    act: async (page) => {
      await page
        .getByRole("button", { name: /^Change / })
        .first()
        .click();
      await page.getByRole("button", { name: "Save", exact: true }).waitFor();
    },
  },
  {
    name: "a mailbox that there is already",
    place: "#/organise/mailboxes",
    ready: ".things li",
    act: async (page) => {
      await page.getByLabel("New mailbox").fill("Boats");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      // It stays as long as somebody points at it.
      await page.locator(".toast").hover();
    },
  },
];
