// A newcomer's first minutes: `up` without an account, mail added in the reader alone, and what its lists say while they
// are empty.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { axeFindings } from "./axe.ts";
import { becomes, goTo, NEEDS_CHROMIUM, prepareRoutes } from "./browser.ts";
import { asked } from "./hostile-reader.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

const LETTER = [
  "From: Pat <pat@studio.example>",
  "To: Ines <ines.pires@provider.example>",
  "Subject: The first letter",
  "Date: Mon, 1 Jun 2026 10:00:00 +0000",
  "Message-ID: <first@studio.example>",
  "",
  "Its word is quay.",
  "",
].join("\r\n");

let provider: ScriptedPeer;
let reader: Reader;

setUp(async (file) => {
  provider = await scriptedPeer({ messages: [] });
  file.after(() => provider.close());
  reader = await openReader(file, { context: { reducedMotion: "reduce" } });
  await prepareRoutes(reader.page);
});

test("a post office without an account says so, in every look, and leads to the first", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.locator(".note").getByText("Welcome. There is no mail here yet.").waitFor();
  await page.getByRole("status").filter({ hasText: "Welcome. There is no mail here yet." }).waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await axeFindings(page), [], colorScheme);
  }
  assert.equal(await page.getByRole("button", { name: /accounts/ }).count(), 0, "there is none to choose");
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByText("There is no account to write from yet.").waitFor();
  await page.getByRole("heading", { name: "Add your mail" }).waitFor();
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "Add your first account" }).click();
  await page.getByRole("heading", { name: "Add your mail" }).waitFor();
});

test("the wizard makes the account its mail is put into, and needs no command", NEEDS_CHROMIUM, async () => {
  const { page, product } = reader;
  await page.getByLabel("E-mail address").fill("Ines.Pires+pop@provider.example");
  await page.getByLabel("Password").fill("secret");
  await page.getByRole("button", { name: "Write the server by hand" }).click();
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByLabel("Port").fill(String(provider.port));
  await page.getByLabel("User name").fill("pat");
  await page.getByRole("button", { name: "Try this server" }).click();
  const name = page.getByLabel("Name of your account here");
  await becomes(() => name.inputValue(), "ines.pires");
  assert.deepEqual(await axeFindings(page), []);
  // A name that is none is refused in words, and nothing is made of it.
  await name.fill("ines/pires");
  await page.getByRole("button", { name: "Start collecting" }).click();
  await page.getByRole("alert").getByText("An account may be called by letters").waitFor();
  await name.fill("Ines");
  await page.getByRole("button", { name: "Start collecting" }).click();
  await page.getByText(/Collecting from \S+ has begun/).waitFor();
  await page.waitForURL(/#\/\d+\/source\//);
  const { stdout } = await product.cli(["account", "list", "--json"]);
  assert.deepEqual(
    (JSON.parse(stdout) as readonly { name: string }[]).map((account) => account.name),
    ["ines"],
  );
});

test(
  "an empty inbox says when it was looked and will be, and looks when it is told to, or says why not",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await goTo(page, "#/all/inbox");
    await page.locator(".note").getByText("Nothing new", { exact: true }).waitFor();
    await page.getByRole("status").filter({ hasText: "Nothing new" }).waitFor();
    await page.getByText(/^Last check \d+:\d\d, next \d+:\d\d\.$/).waitFor();
    const check = page.locator(".note").getByRole("button", { name: "Check now" });
    await page.route("**/api/sources/check", (route) =>
      route.fulfill({
        status: 503,
        json: { error: { code: "unavailable", message: "x", reason: "store-unavailable" } },
      }),
    );
    await check.click();
    await page.getByText("The mail cannot be reached now. Try again.").waitFor();
    await page.unroute("**/api/sources/check");
    provider.maildrop.replace([{ octets: LETTER, uniqueId: "first" }]);
    await check.click();
    await page.getByRole("row", { name: /The first letter/ }).waitFor();
  },
);

test("a search that finds nothing offers to do without each of its terms", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, `#/all/search?q=${encodeURIComponent("quay from:nobody has:attachment")}`);
  await page.locator(".note").getByText("Nothing found", { exact: true }).waitFor();
  const without = page.locator(".note").getByRole("button", { name: /^Without / });
  await becomes(() => without.allInnerTexts(), ["Without quay", "Without from:nobody", "Without has:attachment"]);
  await without.nth(2).click();
  await page.waitForURL(/q=quay(\+|%20)from(:|%3A)nobody$/);
  // Until it is answered, what stands there is of the search before.
  await becomes(() => without.allInnerTexts(), ["Without quay", "Without from:nobody"]);
  await without.getByText("Without from:nobody").click();
  await page.locator('[role=grid][aria-rowcount="1"]').waitFor();
  await page.getByRole("row", { name: /The first letter/ }).waitFor();
  await becomes(() => page.getByRole("row").count(), 1);
});

test("a message that could not be read shows its source and is saved as it came", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  // What a parser gives up on depends on the machine; that it did is told here.
  await page.route(/\/api\/accounts\/\d+\/messages\/\d+$/, async (route) => {
    const response = await route.fetch();
    const message = (await response.json()) as object;
    await route.fulfill({ response, json: { ...message, isUnreadable: true, bodies: [] } });
  });
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /The first letter/ }).click();
  const card = page.getByRole("region", { name: "This message could not be read" });
  await card.getByText("It is kept exactly as it came.").waitFor();
  const [source] = await Promise.all([
    page.context().waitForEvent("page"),
    card.getByRole("link", { name: "Show source" }).click(),
  ]);
  await source.getByText("Its word is quay.").waitFor();
  await source.close();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    card.getByRole("link", { name: "Save as .eml" }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), "The first letter.eml");
  assert.equal(await readFile(await saved.path(), "latin1"), LETTER);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("an empty inbox speaks of the sources whose mail comes into it, and of no other", NEEDS_CHROMIUM, async () => {
  const { page, product } = reader;
  await product.cli(["account", "add", "zoe"]);
  await page.reload();
  await page.getByRole("row", { name: /The first letter/ }).waitFor();
  const { accounts } = await asked<{
    readonly accounts: readonly { readonly account: string; readonly name: string }[];
  }>(page, "/api/session");
  const zoe = accounts.find(({ name }) => name === "zoe");
  await goTo(page, `#/${zoe?.account}/inbox`);
  const note = page.locator(".note");
  await note.getByText("Mail you have elsewhere can be collected into this inbox.").waitFor();
  assert.equal(await note.getByRole("button", { name: "Check now" }).count(), 0);
  await note.getByRole("button", { name: "Add mail", exact: true }).click();
  await page.getByRole("heading", { name: "Add your mail" }).waitFor();
});
