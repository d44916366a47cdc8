// What is written outlives the tab, the browser and the server; what did not go says why, is mended and goes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { startProduct, type Product } from "../../../../../interop/product.ts";
import { TEST_CERTIFICATE } from "../../../../pop/test/support/certificate.ts";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { letterOf } from "../api/letter.ts";
import { becomes, goTo, NEEDS_CHROMIUM, newContext } from "./browser.ts";
import { ask, beginMessage, hasFocus, hurried, saved, sendWritten, writeThrough } from "./writing-desk.ts";
import { browserFor, setUp } from "./set-up.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

let data: string;
let context: BrowserContext;
let product: Product;
let origin: string;
let peer: SmtpPeer;
/** Answers of the SMTP server, one for each message it is given; then it takes what comes. */
const answers: string[] = [];
/** What it says as it hangs up in the middle of a message. */
const lastWords: string[] = [];

setUp(async (file) => {
  data = temporaryDirectory(file);
  peer = await smtpPeer(file, {
    onRecipient: (address) => (address.startsWith("nobody@") ? "550 5.1.1 no such mailbox" : undefined),
    onMessage: () => answers.shift(),
    onFirstOctets: () => lastWords.shift(),
  });
  product = await startProduct({ data, args: ["--demo"] });
  // The one that runs then: it is killed and started again.
  file.after(() => product.stop());
  context = await newContext(await browserFor(file));
  const page = await context.newPage();
  await page.goto(product.url ?? "");
  await page.getByRole("row").first().waitFor();
  origin = new URL(page.url()).origin;
  await writeThrough(page, peer);
  await page.close();
});

async function openTab(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}/#/all/inbox`);
  await page.getByRole("row").first().waitFor();
  return page;
}

/** Ends the tab's process in the middle of whatever it does. */
async function killTab(page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close({ runBeforeUnload: false });
}

/** As a power cut would; then again at the same address. */
async function killServer(): Promise<void> {
  await product.kill("SIGKILL");
}

async function startServer(): Promise<void> {
  product = await startProduct({ data, args: ["--demo", "--listen", `web=127.0.0.1:${new URL(origin).port}`] });
}

/** Waits until the field of the message's text holds it. */
function says(page: Page, text: string): Promise<void> {
  return becomes(() => page.getByLabel("Text of the message").inputValue(), text);
}

function isAbout(page: Page, subject: string): Promise<void> {
  return becomes(() => page.getByLabel("Subject").inputValue(), subject);
}

/** Nothing that is written reaches the server from now on. */
async function cutOff(page: Page): Promise<void> {
  await page.route("**/api/drafts/**", (route) =>
    route.request().method() === "PUT" ? route.abort() : route.continue(),
  );
}

test("the last second of a killed tab is offered back", NEEDS_CHROMIUM, async () => {
  const page = await openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Kept" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("written in the last second");
  await killTab(page);
  const again = await openTab();
  await again.getByRole("button", { name: "Open it" }).click();
  await isAbout(again, "Kept");
  await says(again, "written in the last second");
  await saved(again);
  await again.close();
});

test(
  "what is written comes to the server by itself: nothing is pressed and nothing left after the last letter",
  NEEDS_CHROMIUM,
  async () => {
    const page = await openTab();
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

/** Resolves when the page waits for another to end its writing. */
async function isWaiting(page: Page): Promise<void> {
  for (;;) {
    const waiting = await page.evaluate<number>("navigator.locks.query().then(({ pending }) => pending.length)");
    if (waiting > 0) return;
  }
}

test("what another tab is writing is no draft that was left, until that tab is gone", NEEDS_CHROMIUM, async () => {
  const page = await openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "In two tabs" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("still being written");
  const other = await openTab();
  await isWaiting(other);
  assert.equal(await other.getByText("was not kept on the server").count(), 0);
  await killTab(page);
  await other.getByText("was not kept on the server").waitFor();
  await other.getByRole("button", { name: "Open it" }).click();
  await says(other, "still being written");
  await saved(other);
  await other.close();
});

test("what another window wrote meanwhile is not written over unseen", NEEDS_CHROMIUM, async () => {
  const page = await openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Two windows" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("of the tab that was killed");
  await killTab(page);

  const other = await openTab();
  await other.getByText("was not kept on the server").waitFor();
  const listed = (await ask(other, "/api/drafts?account=1")) as { drafts: { id: string; subject: string }[] };
  const id = listed.drafts.find(({ subject }) => subject === "Two windows")?.id ?? "";
  const { version, ...draft } = (await ask(other, `/api/drafts/${id}?account=1`)) as Record<string, unknown>;
  const fields = { ...draft, text: "of the other window" };
  for (const key of ["id", "account", "attachments", "updatedAt", "richStart"]) Reflect.deleteProperty(fields, key);
  await ask(other, `/api/drafts/${id}`, { method: "PUT", body: { account: "1", version, fields } });

  await other.getByRole("button", { name: "Open it" }).click();
  await other.getByText("This draft was changed in another window.").waitFor();
  await says(other, "of the tab that was killed");
  const kept = (await ask(other, `/api/drafts/${id}?account=1`)) as { text: string };
  assert.equal(kept.text, "of the other window", "nothing was chosen yet");
  await other.getByRole("button", { name: "Keep what is here" }).click();
  await saved(other);
  assert.equal(
    ((await ask(other, `/api/drafts/${id}?account=1`)) as { text: string }).text,
    "of the tab that was killed",
  );
  await other.close();
});

/** Opens a draft from the list of them. */
async function openFromList(page: Page, subject: string): Promise<void> {
  await goTo(page, "#/drafts");
  await page.locator(".paper-open").filter({ hasText: subject }).click();
  await page.getByLabel("Text of the message").waitFor();
}

/** Closes the window by its key, from the text. */
async function closeWindow(page: Page): Promise<void> {
  const body = page.getByLabel("Text of the message");
  await body.focus();
  await hasFocus(body);
  await page.keyboard.press("Escape");
  await page.locator(".compose").waitFor({ state: "detached" });
}

test(
  "what a closed window could not keep is there when its draft is opened from the list",
  NEEDS_CHROMIUM,
  async () => {
    const page = await openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "Closed cut off" });
    await saved(page);
    await cutOff(page);
    await page.getByLabel("Text of the message").fill("in this browser alone");
    await closeWindow(page);
    await page.locator(".toast").filter({ hasText: "A copy stays in this browser." }).waitFor();
    await page.unroute("**/api/drafts/**");
    await openFromList(page, "Closed cut off");
    await says(page, "in this browser alone");
    await saved(page);
    assert.equal((await draftOf(page, "Closed cut off"))?.text, "in this browser alone");
    await page.close();
  },
);

test("closed as it was opened, a window takes no text with it that another one has", NEEDS_CHROMIUM, async () => {
  const page = await openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Looked at elsewhere" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("of the window that still writes");
  const other = await openTab();
  await openFromList(other, "Looked at elsewhere");
  await isAbout(other, "Looked at elsewhere");
  const body = await other.getByLabel("Text of the message").inputValue();
  assert.notEqual(body, "of the window that still writes", "it is not left");
  await closeWindow(other);
  await other.close();
  await killTab(page);
  const again = await openTab();
  await again.getByRole("button", { name: "Open it" }).click();
  await says(again, "of the window that still writes");
  await saved(again);
  await again.close();
});

test("all that was left is offered, one after another, whatever else is said meanwhile", NEEDS_CHROMIUM, async () => {
  const page = await openTab();
  await cutOff(page);
  for (const subject of ["Left first", "Left second"]) {
    await beginMessage(page, { to: "mina@harbour.example", subject });
    await page.getByLabel("Text of the message").fill(`of ${subject}`);
    await closeWindow(page);
  }
  await page.close();
  const again = await openTab();
  const offer = again.locator(".toast").filter({ hasText: "was not kept on the server" });
  await offer.waitFor();
  await again.getByRole("row").first().focus();
  await hasFocus(again.getByRole("row").first());
  await again.keyboard.press("s");
  await offer.waitFor({ state: "detached" });
  await again.locator(".toast").getByRole("button", { name: "Dismiss" }).click();
  for (const subject of ["Left second", "Left first"]) {
    await offer.getByRole("button", { name: "Open it" }).click();
    await isAbout(again, subject);
    await says(again, `of ${subject}`);
    await saved(again);
    await closeWindow(again);
  }
  assert.equal((await draftOf(again, "Left first"))?.text, "of Left first");
  await again.close();
});

test(
  "what could not be kept is kept by itself when the server answers again, with no key pressed",
  NEEDS_CHROMIUM,
  async () => {
    const page = await openTab();
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
  const page = await openTab();
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
    const page = await openTab();
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

/** The draft of that subject, as the server has it. */
async function draftOf(
  page: Page,
  subject: string,
): Promise<{ readonly id: string; readonly version: number; readonly text: string } | undefined> {
  const { drafts } = (await ask(page, "/api/drafts?account=1")) as { drafts: { id: string; subject: string }[] };
  const id = drafts.find((one) => one.subject === subject)?.id;
  return id === undefined
    ? undefined
    : ((await ask(page, `/api/drafts/${id}?account=1`)) as { id: string; version: number; text: string });
}

test(
  "a draft that another window threw away is neither lost nor sent unasked: it is kept anew",
  NEEDS_CHROMIUM,
  async () => {
    const page = await openTab();
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
    const page = await openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "Over a power cut" });
    await page.getByLabel("Text of the message").fill("before the cut");
    await saved(page);
    await killServer();
    await page.getByLabel("Text of the message").fill("before the cut, and while there was none");
    await page
      .getByRole("status")
      .filter({ hasText: /^Not saved/ })
      .waitFor();
    await startServer();
    const other = await openTab();
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
  const page = await openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Held over a cut" });
  await sendWritten(page);
  await killServer();
  await startServer();
  // The page stays open: its stream of events comes back, and parts of it are loaded now for the first time.
  await goTo(page, "#/outbox");
  await page.locator("[data-state=sent]").filter({ hasText: "Held over a cut" }).waitFor();
  const taken = peer.taken.filter(({ octets }) => letterOf(octets).field("subject") === "Held over a cut");
  assert.equal(taken.length, 1);
  await page.close();
});

/** Between browser and server; `cut` ends what goes through it until `mend`. */
async function line(): Promise<{ readonly port: number; cut(): Promise<void>; mend(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((socket) => {
      const to = connect(Number(new URL(origin).port), "127.0.0.1");
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
  const other = await openTab();
  const page = await context.newPage();
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
  const page = await openTab();
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
  assert.deepEqual(peer.taken.at(-1)?.to, ["pat@studio.example"]);
  await page.close();
});

test("a server that asks for patience is asked again, by itself or by hand", NEEDS_CHROMIUM, async () => {
  const page = await openTab();
  answers.push("451 4.7.1 greylisted, come back later");
  const entry = await send(page, { to: "mina@harbour.example", subject: "Patience" });
  await entry.getByText("The server asks to try again later. That happens by itself.").waitFor();
  await entry.getByText(/^Tried once, again at /).waitFor();
  await entry.getByText("451 4.7.1 greylisted, come back later").waitFor();
  await entry.getByRole("button", { name: "Send again" }).click();
  await page.locator("[data-state=sent]").filter({ hasText: "Patience" }).waitFor();
  const taken = peer.taken.filter(({ octets }) => letterOf(octets).field("subject") === "Patience");
  assert.equal(taken.length, 1);
  await page.close();
});

test(
  "a server that hangs up in the middle of a message is asked again, and the message arrives once",
  NEEDS_CHROMIUM,
  async () => {
    const page = await openTab();
    lastWords.push("421 4.3.2 closing down\r\n");
    const entry = await send(page, { to: "mina@harbour.example", subject: "Hung up on" });
    await entry.getByText("The server asks to try again later. That happens by itself.").waitFor();
    await entry.getByText("421 4.3.2 closing down").waitFor();
    await entry.getByRole("button", { name: "Send again" }).click();
    await page.locator("[data-state=sent]").filter({ hasText: "Hung up on" }).waitFor();
    const taken = peer.taken.filter(({ octets }) => letterOf(octets).field("subject") === "Hung up on");
    assert.equal(taken.length, 1);
    await page.close();
  },
);

test("a server whose certificate nobody vouches for gets nothing, and it is said", NEEDS_CHROMIUM, async (t) => {
  const page = await openTab();
  const { key, cert } = TEST_CERTIFICATE;
  const other = await smtpPeer(t, { smtp: { secure: true, key, cert } });
  await writeThrough(page, other, "1", "implicit");
  const entry = await send(page, { to: "mina@harbour.example", subject: "Not safe" });
  await entry.getByText("The connection to the submission server could not be made safe").waitFor();
  assert.equal(other.attempts, 0);
  await writeThrough(page, peer);
  await entry.getByRole("button", { name: "Send again" }).click();
  await page.locator("[data-state=sent]").filter({ hasText: "Not safe" }).waitFor();
  await page.close();
});
