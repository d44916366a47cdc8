// What is written is kept by itself and outlives the server; what did not go says why, is mended and goes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { TEST_CERTIFICATE } from "../../../../pop/test/support/certificate.ts";
import { smtpPeer } from "../../submission/smtp-peer.ts";
import { letterOf } from "../api/letter.ts";
import { goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { cutOff, draftOf, openDraftingDesk, says, type DraftingDesk } from "./drafting-desk.ts";
import { setUp } from "./set-up.ts";
import { ask, beginMessage, hasFocus, hurried, saved, sendWritten, writeThrough } from "./writing-desk.ts";

let desk: DraftingDesk;
/** Answers of the SMTP server, one for each message it is given; then it takes what comes. */
const answers: string[] = [];
/** What it says as it hangs up in the middle of a message. */
const lastWords: string[] = [];

setUp(async (file) => {
  desk = await openDraftingDesk(file, {
    onRecipient: (address) => (address.startsWith("nobody@") ? "550 5.1.1 no such mailbox" : undefined),
    onMessage: () => answers.shift(),
    onFirstOctets: () => lastWords.shift(),
  });
});

test(
  "what is written comes to the server by itself: nothing is pressed and nothing left after the last letter",
  NEEDS_CHROMIUM,
  async () => {
    const page = await desk.openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "By itself" });
    await saved(page);
    const body = page.getByLabel("Text of the message");
    await body.focus();
    await hasFocus(body);
    const kept = page.waitForResponse(
      (answer) => answer.request().method() === "PUT" && /to the last letter/.test(answer.request().postData() ?? ""),
    );
    await page.keyboard.type("to the last letter");
    await kept;
    await hasFocus(body);
    const { drafts } = (await ask(page, "/api/drafts?account=1")) as { drafts: { subject: string; preview: string }[] };
    // The signature stands below it.
    assert.match(drafts.find(({ subject }) => subject === "By itself")?.preview ?? "", /^to the last letter --/);
    await page.close();
  },
);

test(
  "what could not be kept is kept by itself when the server answers again, with no key pressed",
  NEEDS_CHROMIUM,
  async () => {
    const page = await desk.openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "Kept at last" });
    await saved(page);
    await cutOff(page);
    await page.getByLabel("Text of the message").fill("the last word of it");
    await page
      .getByRole("status")
      .filter({ hasText: /^Not saved;/ })
      .waitFor();
    await page.unroute("**/api/drafts/**");
    await saved(page);
    assert.equal((await draftOf(page, "Kept at last"))?.text, "the last word of it");
    await page.close();
  },
);

test("a draft whose answer was lost is no conflict with itself", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Answer lost" });
  await saved(page);
  // It comes to the server, and what that says of it does not come back.
  await page.route(
    "**/api/drafts/**",
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await page.getByLabel("Text of the message").fill("kept, and nobody heard of it");
  await page
    .getByRole("status")
    .filter({ hasText: /^Not saved;/ })
    .waitFor();
  await saved(page);
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.equal((await draftOf(page, "Answer lost"))?.text, "kept, and nobody heard of it");
  await page.close();
});

test(
  "a draft that is thrown away while the server has not all of it can be brought back, to the last word",
  NEEDS_CHROMIUM,
  async () => {
    const page = await desk.openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "Thrown away cut off" });
    await saved(page);
    await cutOff(page);
    await page.getByLabel("Text of the message").fill("the last word");
    await page.getByRole("button", { name: "Throw the draft away" }).click();
    await page.locator(".compose").waitFor({ state: "detached" });
    await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
    await says(page, "the last word");
    await page.unroute("**/api/drafts/**");
    await page.getByLabel("Text of the message").fill("the last word, kept");
    await saved(page);
    await page.close();
  },
);

test(
  "a draft that another window threw away is neither lost nor sent unasked: it is kept anew",
  NEEDS_CHROMIUM,
  async () => {
    const page = await desk.openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "Thrown away elsewhere" });
    await saved(page);
    const before = await draftOf(page, "Thrown away elsewhere");
    await ask(page, `/api/drafts/${before?.id ?? ""}`, {
      method: "DELETE",
      body: { account: "1", version: before?.version },
    });
    await page.keyboard.press("Control+Enter");
    const gone = page.getByRole("alert").filter({ hasText: "sent or thrown away in another window" });
    await gone.waitFor();
    const refused = page.waitForResponse((answer) => /written on/.test(answer.request().postData() ?? ""));
    await page.getByLabel("Text of the message").fill("written on");
    assert.notEqual((await refused).status(), 200);
    await gone.waitFor();
    assert.equal(await draftOf(page, "Thrown away elsewhere"), undefined, "nothing was chosen yet");
    await gone.getByRole("button", { name: "Keep it as a new draft" }).click();
    await saved(page);
    const anew = await draftOf(page, "Thrown away elsewhere");
    assert.equal(anew?.text, "written on");
    // The one that is gone may come back: its sending is undone in the other window.
    assert.notEqual(anew?.id, before?.id);
    await page.close();
  },
);

test(
  "a killed server has every draft it said was saved, and gets the rest when it is back",
  NEEDS_CHROMIUM,
  async () => {
    const page = await desk.openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "Over a power cut" });
    await page.getByLabel("Text of the message").fill("before the cut");
    await saved(page);
    await desk.killServer();
    await page.getByLabel("Text of the message").fill("before the cut, and while there was none");
    await page
      .getByRole("status")
      .filter({ hasText: /^Not saved/ })
      .waitFor();
    await desk.startServer();
    const other = await desk.openTab();
    const listed = (await ask(other, "/api/drafts?account=1")) as {
      drafts: { id: string; subject: string; preview: string }[];
    };
    const found = listed.drafts.find(({ subject }) => subject === "Over a power cut");
    // At least what was saved; the page may have brought the rest by now.
    assert.match(found?.preview ?? "", /^before the cut/);
    await page.getByLabel("Text of the message").press("End");
    await page.keyboard.type("!");
    await saved(page);
    const kept = (await ask(other, `/api/drafts/${found?.id ?? ""}?account=1`)) as { text: string };
    assert.equal(kept.text, "before the cut, and while there was none!");
    await other.close();
    await page.close();
  },
);

test("a message on its way survives the power cut and goes once", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Held over a cut" });
  await sendWritten(page);
  await desk.killServer();
  await desk.startServer();
  // The page stays open: its stream of events comes back, and parts of it are loaded now for the first time.
  await goTo(page, "#/outbox");
  await page.locator("[data-state=sent]").filter({ hasText: "Held over a cut" }).waitFor();
  const taken = desk.peer.taken.filter(({ octets }) => letterOf(octets).field("subject") === "Held over a cut");
  assert.equal(taken.length, 1);
  await page.close();
});

/** Between browser and server; `cut` ends what goes through it until `mend`. */
async function line(): Promise<{ readonly port: number; cut(): Promise<void>; mend(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((socket) => {
      const to = connect(Number(new URL(desk.origin).port), "127.0.0.1");
      through(socket, to);
      through(to, socket);
    }).listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  const through = (one: Socket, other: Socket): void => {
    sockets.add(one);
    one.on("error", () => one.destroy()).on("close", () => (sockets.delete(one), other.destroy()));
    one.pipe(other);
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async cut() {
      const closed = once(server.close(), "close");
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async mend() {
      server = await listen(port);
    },
  };
}

test("what became of drafts while a page was cut off is shown when it is back", NEEDS_CHROMIUM, async () => {
  const between = await line();
  const other = await desk.openTab();
  const page = await desk.context.newPage();
  await page.goto(`http://127.0.0.1:${between.port}/#/drafts`);
  await page.getByText("Over a power cut").first().waitFor();
  const { drafts } = (await ask(other, "/api/drafts?account=1")) as { drafts: { id: string; subject: string }[] };
  const id = drafts.find(({ subject }) => subject === "Over a power cut")?.id ?? "";
  const { version, ...draft } = (await ask(other, `/api/drafts/${id}?account=1`)) as Record<string, unknown>;
  const fields = { ...draft, subject: "Written while nobody was told" };
  for (const key of ["id", "account", "attachments", "updatedAt", "richStart"]) Reflect.deleteProperty(fields, key);
  await between.cut();
  await ask(other, `/api/drafts/${id}`, { method: "PUT", body: { account: "1", version, fields } });
  await between.mend();
  await page.getByText("Written while nobody was told").first().waitFor();
  await page.close();
  await between.cut();
  await other.close();
});

async function send(page: Page, o: { readonly to: string; readonly subject: string }) {
  await beginMessage(page, o);
  await sendWritten(page);
  return hurried(page, o.subject);
}

test("a refused recipient is said in plain words and the server's, edited, and gets it", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  const entry = await send(page, { to: "nobody@studio.example", subject: "To nobody" });
  await entry.getByText("The server does not know a recipient. Check the addresses.").waitFor();
  await entry.getByText("550 5.1.1 no such mailbox").first().waitFor();
  await entry.getByRole("button", { name: "Edit" }).click();
  const chip = (address: string) => page.getByRole("row", { name: address });
  await chip("nobody@studio.example").waitFor();
  const to = page.getByRole("combobox", { name: "To" });
  await to.focus();
  await hasFocus(to);
  await page.keyboard.press("Backspace");
  await chip("nobody@studio.example").waitFor({ state: "detached" });
  await to.fill("pat@studio.example,");
  await chip("pat@studio.example").waitFor();
  await sendWritten(page);
  await hurried(page, "To nobody");
  await page.locator("[data-state=sent]").filter({ hasText: "To nobody" }).waitFor();
  assert.deepEqual(desk.peer.taken.at(-1)?.to, ["pat@studio.example"]);
  await page.close();
});

test("a server that asks for patience is asked again, by itself or by hand", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  answers.push("451 4.7.1 greylisted, come back later");
  const entry = await send(page, { to: "mina@harbour.example", subject: "Patience" });
  await entry.getByText("The server asks to try again later. That happens by itself.").waitFor();
  await entry.getByText(/^Tried once, again at /).waitFor();
  await entry.getByText("451 4.7.1 greylisted, come back later").waitFor();
  await entry.getByRole("button", { name: "Send again" }).click();
  await page.locator("[data-state=sent]").filter({ hasText: "Patience" }).waitFor();
  const taken = desk.peer.taken.filter(({ octets }) => letterOf(octets).field("subject") === "Patience");
  assert.equal(taken.length, 1);
  await page.close();
});

test(
  "a server that hangs up in the middle of a message is asked again, and the message arrives once",
  NEEDS_CHROMIUM,
  async () => {
    const page = await desk.openTab();
    lastWords.push("421 4.3.2 closing down\r\n");
    const entry = await send(page, { to: "mina@harbour.example", subject: "Hung up on" });
    await entry.getByText("The server asks to try again later. That happens by itself.").waitFor();
    await entry.getByText("421 4.3.2 closing down").waitFor();
    await entry.getByRole("button", { name: "Send again" }).click();
    await page.locator("[data-state=sent]").filter({ hasText: "Hung up on" }).waitFor();
    const taken = desk.peer.taken.filter(({ octets }) => letterOf(octets).field("subject") === "Hung up on");
    assert.equal(taken.length, 1);
    await page.close();
  },
);

test("a server whose certificate nobody vouches for gets nothing, and it is said", NEEDS_CHROMIUM, async (t) => {
  const page = await desk.openTab();
  const { key, cert } = TEST_CERTIFICATE;
  const other = await smtpPeer(t, { smtp: { secure: true, key, cert } });
  await writeThrough(page, other, { tls: "implicit" });
  const entry = await send(page, { to: "mina@harbour.example", subject: "Not safe" });
  await entry.getByText("The connection to the submission server could not be made safe").waitFor();
  assert.equal(other.attempts, 0);
  await writeThrough(page, desk.peer);
  await entry.getByRole("button", { name: "Send again" }).click();
  await page.locator("[data-state=sent]").filter({ hasText: "Not safe" }).waitFor();
  await page.close();
});
