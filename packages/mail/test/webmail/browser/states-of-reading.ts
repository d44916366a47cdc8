// States of reading that the sample mail alone does not show, or that stand behind one more press.
import type { Page } from "playwright-core";
import {
  DIALOG,
  inbox,
  type Json,
  letterThat,
  messageThat,
  open,
  openFirst,
  press,
  ROW,
  searched,
  type State,
  inTurn,
} from "./state-parts.ts";
import { QUESTIONS, sourceThat } from "./states-of-trouble.ts";

const MENU = "[role=menu]";

const thrownAway = (role: "trash" | "junk"): Json => ({
  account: "1",
  messageId: 90_001,
  messageIds: [90_001],
  conversation: 90_001,
  count: 1,
  mailbox: role === "trash" ? "Trash" : "Junk",
  role,
  senders: [{ name: "Mina", address: "mina@harbour.example", shown: "Mina", isMe: false }],
  to: [],
  subject: "Thrown away",
  preview: "It is of no more use.",
  date: Date.UTC(2026, 2, 2),
  octets: 900,
  attachments: 0,
  isUnread: false,
  isStarred: false,
  labels: [],
  origin: { kind: "delivered", name: "" },
  server: null,
  isUnreadable: false,
});

/** A list that is said to hold these rows. */
const listOf = (...rows: readonly Json[]): NonNullable<State["answer"]> => ({
  at: "**/api/list?*",
  becomes: (body) => ({ ...(body as Json), rows, next: null, total: rows.length }),
});

const HELD = {
  at: /\/conversations\/\d+$/,
  becomes: (body: unknown) => {
    const { subject, cards } = body as { readonly subject: string; readonly cards: readonly Json[] };
    const newest = { ...cards.at(-1), isUnread: false };
    const older = Array.from({ length: 6 }, (_, at) => ({
      ...newest,
      messageId: 90_001 + at,
      date: 1_700_000_000_000 + at,
      isStarred: true,
      attachments: 2,
      role: at === 4 ? "trash" : null,
      isNewOutsider: at === 5,
    }));
    return { subject, cards: [...older, newest], older: 12, whole: null };
  },
};

const PART = {
  part: "2",
  namedBySender: null,
  octets: 9,
  isInline: false,
  isMismatched: true,
  url: "/m/1/1/part/2",
};

const QUOTED = {
  kind: "text",
  part: "1",
  isCut: true,
  blocks: [
    { quote: 0, text: "Yes.", links: [{ from: 0, to: 3, href: "https://harbour.example/" }], isSignature: false },
    { quote: 1, text: "one\ntwo\nthree\nfour\nfive", links: [], isSignature: false },
    { quote: 0, text: "-- \nMina", links: [], isSignature: true },
  ],
};

/** Opens a message, and waits for what is said instead of it. */
const openInVain =
  (subject: RegExp) =>
  async (page: Page): Promise<void> => {
    await page.getByRole("row", { name: subject }).first().click();
    await page.locator(".main-pane [role=alert]").waitFor();
  };

/** Types into the search field, and goes to the first of what is suggested. */
const suggesting =
  (typed: string) =>
  async (page: Page): Promise<void> => {
    const field = page.getByRole("search").getByRole("combobox");
    await field.focus();
    await field.fill(typed);
    // Of what was typed, and no longer of the empty field.
    const typedIn = new RegExp(typed, "i");
    const suggestion = page.locator(".suggestion");
    await suggestion.filter({ hasText: typedIn }).first().waitFor();
    await suggestion.filter({ hasNotText: typedIn }).first().waitFor({ state: "detached" });
    await page.keyboard.press("ArrowDown");
    await page.locator(".suggestion[aria-selected=true]").waitFor();
  };

/** Asks for the server of an address; what the provider table knows needs no DNS. */
const findServer =
  (address: string, appears: string) =>
  async (page: Page): Promise<void> => {
    await page.getByLabel("E-mail address").fill(address);
    await page.getByLabel("Password").fill("secret");
    await page.getByRole("button", { name: "Find my mail" }).click();
    await page.locator(appears).first().waitFor();
  };

const adding = { place: "#/sources/add", ready: "[name=password]" } as const;
const unterlagen = searched("unterlagen");

export const statesOfReading = (source: string): readonly State[] => [
  {
    name: "asking before the trash is emptied",
    place: "#/1/trash",
    ready: ".list-acts .button",
    answer: listOf(thrownAway("trash")),
    act: press("Empty", DIALOG),
  },
  {
    name: "whose junk is to be emptied",
    place: "#/all/junk",
    ready: ".list-acts .icon-button",
    answer: listOf(thrownAway("junk")),
    act: press("Empty", MENU),
  },
  { name: "an inbox with nothing new", place: "#/all/inbox", ready: ".note", answer: listOf() },
  { name: "nothing starred", place: "#/all/starred", ready: ".note", answer: listOf() },
  { name: "what a search may begin with", ...inbox, act: suggesting("") },
  { name: "what a search may go on with", ...inbox, act: suggesting("mi") },
  { name: "what a search may begin with, on a phone", ...inbox, isPhone: true, act: suggesting("") },
  { name: "the order of a search", ...searched("boat"), act: press(/^Order/, MENU) },
  {
    name: "a search that was not understood",
    place: "#/all/search?q=boat+before:soon+is:green+on:fire",
    ready: ".term-problem",
  },
  {
    name: "saving what is chosen",
    ...inbox,
    act: inTurn(
      async (page) => {
        await page.locator(`${ROW} input`).first().check({ force: true });
      },
      press("Save what is chosen", MENU),
    ),
  },
  {
    ...letterThat("whose images may always be loaded", {}),
    act: inTurn(openFirst, press("Always…", MENU)),
  },
  {
    ...messageThat("a picture looked at", {
      parts: [{ ...PART, fileName: "pier.png", mediaType: "image/png", shownAs: "image" }],
    }),
    act: inTurn(openFirst, press(/^Look at/, DIALOG)),
  },
  {
    name: "a sound looked at",
    ...searched("voicemail"),
    act: inTurn(open(/Voicemail/), press(/^Look at/, DIALOG)),
  },
  {
    ...messageThat("everything that is said of a sender", {
      warnings: ["several-from", "name-holds-address", "mixed-scripts", "hidden-characters", "reply-elsewhere"],
      signed: "pgp",
      listId: "boats.harbour.example",
      sender: [{ name: "", address: "robot@harbour.example", shown: "robot@harbour.example" }],
      problems: ["header-cut", "parts-cut", "nesting-cut"],
    }),
    act: inTurn(openFirst, press("Details", ".head-details")),
  },
  {
    ...messageThat("a quote unfolded, and a text that goes on", { bodies: [QUOTED] }),
    act: inTurn(openFirst, press(/quoted lines/, ".unfold[aria-expanded=true]")),
  },
  messageThat("a message without text", { bodies: [] }),
  { name: "a conversation with older messages", ...inbox, answer: HELD, act: open(/Regatta stall/) },
  {
    name: "a message that could not be loaded",
    ...unterlagen,
    failing: "**/api/accounts/*/messages/*",
    act: openInVain(/Unterlagen/),
  },
  {
    name: "a conversation that could not be loaded",
    ...inbox,
    failing: "**/api/accounts/*/conversations/*",
    act: openInVain(/Regatta stall/),
  },
  {
    ...messageThat("where the reader stopped", { bodies: null }),
    act: openInVain(/Unterlagen/),
  },
  {
    name: "an act that was refused",
    ...unterlagen,
    failing: "**/api/acts",
    act: async (page) => {
      await openFirst(page);
      await page.keyboard.press("Shift+U");
      // It stays as long as somebody points at it.
      await page.locator(".toast.trouble").hover();
    },
  },
  {
    name: "asking before collecting goes on",
    place: `#/source/${source}/activity`,
    ready: ".alarm",
    answer: sourceThat({ state: "needs-you", questions: QUESTIONS }),
    act: press("Go on and remove them", DIALOG),
  },
  {
    name: "asking before a source is taken out",
    place: "#/settings/sources",
    ready: ".one-source",
    act: press("Stop collecting", DIALOG),
  },
  {
    name: "trusted senders",
    place: "#/settings/reading",
    ready: ".entries li",
    answer: {
      at: "**/api/trusted",
      becomes: () => ({
        trusted: [
          { kind: "sender", value: "tea@kettle.example" },
          { kind: "domain", value: "kettle.example" },
        ],
      }),
    },
  },
  {
    name: "a server of another domain",
    ...adding,
    answer: {
      at: "**/api/sources/discover*",
      becomes: (body) => {
        const { candidates } = body as { readonly candidates: readonly Json[] };
        return { candidates: candidates.map((one) => ({ ...one, from: "srv", isForeign: true })) };
      },
    },
    act: findServer("pat@gmail.com", ".step.warned"),
  },
  { name: "a provider that cannot be collected from", ...adding, act: findServer("pat@hotmail.com", ".alarm") },
  { name: "the settings on a phone", place: "#/settings/language", ready: ".about", isPhone: true },
  {
    name: "a server that cannot be added, on a phone",
    ...adding,
    isPhone: true,
    act: findServer("x@hotmail.com", ".alarm"),
  },
];
