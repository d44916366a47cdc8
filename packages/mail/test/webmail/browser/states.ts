// Every screen of the reader and every state of it that looks different: where it is, what shows that it is drawn, and
// what a person does to come to it. A new one is one more line.
import type { Page } from "playwright-core";
import { turn } from "./browser.ts";
import { DIALOG, inbox, key, open, press, ROW, searched, type State, inTurn } from "./state-parts.ts";
import { statesOfReading } from "./states-of-reading.ts";
import { statesOfTrouble } from "./states-of-trouble.ts";
import { STATES_OF_WRITING } from "./states-of-writing.ts";

const compose = async (page: Page): Promise<void> => {
  await page.keyboard.press("c");
  await page.locator(".compose").waitFor();
  await page.locator(".recipient-input").first().fill("mina@harbour.example, nobody,");
  await page.locator(".person-chip.wrong").waitFor();
};

/** Where one writes and organises, once `furnish` has been there. */
const WRITING: readonly State[] = [
  ...["rules", "mailboxes", "labels", "addresses"].map((page) => ({
    name: `organising: ${page}`,
    place: `#/organise/${page}`,
    ready: ".things li",
  })),
  { name: "organising: import and export", place: "#/organise/transfer", ready: ".drop-place" },
  {
    name: "the editor of a rule",
    place: "#/organise/rules",
    ready: ".things li",
    act: inTurn(press("New rule", ".rule-lines"), press("Add a condition", ".rule-lines select")),
  },
  {
    name: "the form of an address",
    place: "#/organise/addresses",
    ready: ".things li",
    act: inTurn(press("Add an address", ".form.panel"), async (page) => {
      await turn(page.getByLabel("Sends through a submission server"), "on");
      await page.locator(".form.panel input[type=password]").waitFor();
    }),
  },
  { name: "drafts", place: "#/drafts", ready: ".paper" },
  { name: "the outbox with a message that failed", place: "#/outbox", ready: "[data-state=failed]" },
  { name: "writing", ...inbox, act: compose },
  {
    name: "writing formatted text",
    ...inbox,
    act: inTurn(compose, press("Formatted text", ".rich-text")),
  },
  {
    name: "a link in formatted text",
    ...inbox,
    act: inTurn(compose, press("Formatted text", ".rich-text"), press("Link", DIALOG)),
  },
  {
    name: "asking before formatting is lost",
    ...inbox,
    act: inTurn(
      compose,
      press("Formatted text", ".rich-text"),
      async (page) => {
        await page.locator("[contenteditable=true]").fill("Bold");
        await page.locator("[contenteditable=true]").press("Control+a");
        await page.getByRole("button", { name: "Bold" }).click();
        await page.locator("[contenteditable=true] strong").waitFor();
      },
      press("Formatted text", DIALOG),
    ),
  },
  {
    name: "asking about what was to be attached",
    ...inbox,
    act: async (page) => {
      await page.keyboard.press("c");
      await page.locator(".recipient-input").first().fill("mina@harbour.example,");
      await page.locator(".person-chip").waitFor();
      await page.getByLabel("Text of the message").fill("The plan is attached.");
      await page.keyboard.press("Control+Enter");
      await page.locator("[role=alertdialog]").waitFor();
    },
  },
  {
    name: "asking before a list is left",
    ...searched("rudder"),
    act: inTurn(open(/Rudder bolts/), press("Unsubscribe", DIALOG)),
  },
  {
    name: "renaming a mailbox",
    place: "#/organise/mailboxes",
    ready: ".things li",
    act: press(/^Rename /, DIALOG),
  },
  {
    name: "asking before a mailbox is removed",
    place: "#/organise/mailboxes",
    ready: ".things li",
    act: press(/^Remove /, DIALOG),
  },
  {
    name: "asking before a label is removed",
    place: "#/organise/labels",
    ready: ".things li",
    act: press(/^Remove the label /, DIALOG),
  },
  {
    name: "asking before an address is removed",
    place: "#/organise/addresses",
    ready: ".things li",
    act: press(/^Remove /, DIALOG),
  },
  {
    name: "a question before sending",
    ...inbox,
    act: async (page) => {
      await page.keyboard.press("c");
      const many = Array.from({ length: 26 }, (_, at) => `a${at}@harbour.example`);
      await page
        .locator(".recipient-input")
        .first()
        .fill(`${many.join(",")},`);
      await page.locator(".person-chip").nth(25).waitFor();
      await page.keyboard.press("Control+Enter");
      await page.locator("[role=alertdialog]").waitFor();
    },
  },
];

/** What can be seen with the sample mail, what `furnish` made, and one source called `source`. */
export function statesOf(source: string): readonly State[] {
  const server = { place: `#/source/${source}/server`, ready: ".totals" } as const;
  return [
    { name: "the inbox", ...inbox },
    { name: "a message of text with attachments", ...searched("unterlagen"), act: open(/Unterlagen/) },
    {
      name: "its details",
      ...searched("unterlagen"),
      act: inTurn(open(/Unterlagen/), press("Details", ".head-details")),
    },
    {
      name: "an attachment looked at",
      ...searched("unterlagen"),
      act: inTurn(open(/Unterlagen/), press(/^Look at/, ".preview-text:not(:empty)")),
    },
    { name: "an HTML message with images not loaded", ...searched("kettle"), act: open(/Three teas/) },
    {
      name: "the menu of a message",
      ...searched("unterlagen"),
      act: inTurn(open(/Unterlagen/), press("More", "[role=menu]")),
    },
    { name: "a conversation", ...inbox, act: open(/Regatta stall/) },
    { name: "an invitation", ...searched("planning"), act: open(/Planning/) },
    { name: "a delivery report", ...searched("undelivered"), act: open(/Undelivered/) },
    { name: "what is chosen", ...inbox, act: (page) => page.locator(`${ROW} input`).first().check({ force: true }) },
    { name: "moving", ...searched("unterlagen"), act: inTurn(open(/Unterlagen/), key("v", DIALOG)) },
    { name: "labelling", ...searched("unterlagen"), act: inTurn(open(/Unterlagen/), key("l", DIALOG)) },
    {
      name: "asking before deletion",
      ...searched("unterlagen"),
      act: inTurn(open(/Unterlagen/), key("Shift+Delete", DIALOG)),
    },
    { name: "the help", ...inbox, act: key("?", DIALOG) },
    {
      name: "whose mail",
      ...inbox,
      act: async (page) => {
        const drawer = page.getByRole("button", { name: "Mailboxes" });
        if (await drawer.isVisible()) await press("Mailboxes", ".drawer")(page);
        await press(/All accounts/, "[role=menu]")(page);
      },
    },
    { name: "an empty list", place: "#/all/junk", ready: ".note" },
    { name: "nothing unread", place: "#/all/trash", ready: ".note", act: press("Only unread", ".note .button") },
    { name: "a search", place: "#/all/search?q=boat", ready: ROW },
    { name: "a search that finds nothing", place: "#/all/search?q=zzzqqq+has:attachment", ready: ".note" },
    { name: "a list that cannot be loaded", place: "#/all/sent", ready: "[role=alert]", failing: "**/api/list?*" },
    { name: "a list that is loading", place: "#/all/archive", ready: ".skeleton-rows", waiting: "**/api/list?*" },
    { name: "mail of a source", place: `#/all/source/${source}`, ready: ROW },
    { name: "the server mailbox", ...server },
    { name: "what was removed", ...server, act: (page) => page.locator("details.log summary").click() },
    {
      name: "asking before removal from the server",
      ...server,
      act: inTurn(
        (page) => turn(page.getByRole("checkbox", { name: /^Choose / }).nth(1), "on"),
        press("Remove from server…", ".dialog-foot .danger"),
      ),
    },
    { name: "a server that does not answer", ...server, ready: ".alarm", failing: "**/api/sources/*/server" },
    {
      name: "activity with its log",
      place: `#/source/${source}/activity`,
      ready: ".facts",
      act: (page) => page.locator("details.log summary").click(),
    },
    { name: "a source that is not there", place: "#/source/nobody/server", ready: ".note" },
    { name: "adding a source", place: "#/sources/add", ready: "[name=password]" },
    {
      name: "adding a source by hand",
      place: "#/sources/add",
      ready: "[name=password]",
      act: press("Write the server by hand", "[name=host]"),
    },
    {
      name: "keeping the only copy",
      place: "#/settings/sources",
      ready: ".one-source",
      act: inTurn((page) => turn(page.getByRole("radio", { name: "Remove right away" }), "on"), press("Save", DIALOG)),
    },
    ...["sources", "reading", "look", "notifications", "keyboard", "language"].map((page) => ({
      name: `the settings of ${page}`,
      place: `#/settings/${page}`,
      ready: ".about",
    })),
    ...WRITING,
    ...STATES_OF_WRITING,
    ...statesOfTrouble(source),
    ...statesOfReading(source),
    { name: "the inbox on a phone", ...inbox, isPhone: true },
    { name: "the mailboxes on a phone", ...inbox, isPhone: true, act: press("Mailboxes", ".drawer") },
    { name: "writing on a phone", ...inbox, isPhone: true, act: press("New message", ".compose-subject") },
    { name: "a message on a phone", ...searched("unterlagen"), isPhone: true, act: open(/Unterlagen/) },
    { name: "the server mailbox on a phone", ...server, isPhone: true },
  ];
}
