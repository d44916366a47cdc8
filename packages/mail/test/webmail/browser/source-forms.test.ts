// What is written in the forms of a source is what is saved, and what is shown is what holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, Route } from "playwright-core";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { becomes, drawn, goTo, hold, is, NEEDS_CHROMIUM, prepareRoutes, turn } from "./browser.ts";
import { addSource } from "./provider.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { ask } from "./writing-desk.ts";

let peer: ScriptedPeer;
let reader: Reader;

setUp(async (file) => {
  peer = await scriptedPeer();
  file.after(() => peer.close());
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
});

/** As far as what is on the server; `server` is what it is called by. */
async function reach(page: Page, server: string): Promise<void> {
  await goTo(page, "#/sources/add");
  await page.getByLabel("E-mail address").fill(`pat@${server}.example`);
  await page.getByLabel("Password").fill("secret");
  await page.getByRole("button", { name: "Write the server by hand" }).click();
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByLabel("Port").fill(String(peer.port));
  await page.getByLabel("User name").fill("pat");
  await page.getByRole("button", { name: "Try this server" }).click();
  await page.getByRole("button", { name: "Start collecting" }).waitFor();
}

test(
  "the days that are shown are those of the rule, after Cancel and when it is changed elsewhere",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await addSource(page, { name: "kept", port: peer.port, user: "pat", password: "secret" });
    await goTo(page, "#/settings/sources/kept");
    const card = page.getByRole("region", { name: "kept", exact: true });
    const afterDays = card.getByRole("radio", { name: "Remove after some days" });
    const days = card.getByRole("spinbutton", { name: "After how many days" });
    await turn(afterDays, "on");
    await days.fill("30");
    await days.press("Enter");
    await page.getByText("Saved", { exact: true }).waitFor();
    await card.getByRole("button", { name: "Cancel" }).waitFor({ state: "detached" });
    await ask(page, "/api/sources/kept", { method: "PATCH", body: { keep: { kind: "days", days: 60 } } });
    await becomes(() => days.inputValue(), "60");
    await days.fill("90");
    await card.getByRole("button", { name: "Cancel" }).click();
    await becomes(() => days.inputValue(), "60");
    // What was typed is still there when it is chosen again.
    await days.fill("90");
    await turn(card.getByRole("radio", { name: "Leave everything on the server" }), "on");
    await turn(afterDays, "on");
    await becomes(() => days.inputValue(), "90");
    await card.getByRole("button", { name: "Cancel" }).click();
    await is(afterDays, "on");
    await becomes(() => days.inputValue(), "60");
  },
);

test(
  "a rule that only the configuration file says is told as it is, and its part that is not asked about stays",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await addSource(page, { name: "byhand", port: peer.port, user: "quin", password: "secret" });
    const change = (keep: object): Promise<unknown> =>
      ask(page, "/api/sources/byhand", { method: "PATCH", body: { keep, confirmed: true } });
    await change({ kind: "span", ms: 43_200_000, whenDeletedHere: true });
    await goTo(page, "#/settings/sources/byhand");
    const card = page.getByRole("region", { name: "byhand", exact: true });
    const hours = card.getByRole("radio", { name: "Remove after 12 hours" });
    await is(hours, "on");
    await turn(card.getByRole("radio", { name: "Remove after some days" }), "on");
    await turn(hours, "on");
    assert.equal(await card.getByRole("button", { name: "Save", exact: true }).count(), 0);
    await becomes(() => card.getByText(/^Or sooner when I delete it here/).count(), 2);
    await turn(card.getByRole("radio", { name: "Remove after some days" }), "on");
    await card.getByRole("spinbutton", { name: "After how many days" }).fill("20");
    await card.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await goTo(page, "#/source/byhand/activity");
    await page.getByText("Removed from the server after 20 days, or sooner when you delete it here").waitFor();
  },
);

const ADDED: readonly (readonly [string, RegExp, (route: Route) => Promise<void>])[] = [
  ["added", /^Collecting from early has begun$/, (route) => route.continue()],
  ["refused", /^pat@early\.example was not added\. Restante does not answer\.$/, (route) => route.abort()],
];

for (const [outcome, told, answer] of ADDED)
  test(`whoever has left before a source is ${outcome} is told so, and not fetched back`, NEEDS_CHROMIUM, async () => {
    const { page } = reader;
    await reach(page, "early");
    const { held, letGo } = hold();
    const asked = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().endsWith("/api/sources"),
    );
    await page.route("**/api/sources", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      await held;
      await answer(route);
    });
    // By key: what was told before may lie over the button that a pointer would press.
    await page.getByRole("button", { name: "Start collecting" }).press("Enter");
    await asked;
    await goTo(page, "#/1/starred");
    await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
    letGo();
    await page.getByText(told).first().waitFor();
    await drawn(page);
    assert.match(page.url(), /#\/1\/starred$/);
    await page.unrouteAll({ behavior: "wait" });
  });

test(
  "what is edited after it was tried is tried again before it can be added, and stays as it is typed",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await reach(page, "tried");
    const start = page.getByRole("button", { name: "Start collecting" });
    const days = page.getByRole("spinbutton", { name: "After how many days" });
    await turn(page.getByRole("radio", { name: "Remove after some days" }), "on");
    await days.fill("30");
    for (const [label, edited, tried] of [
      ["E-mail address", "pat@other.example", "pat@tried.example"],
      ["Password", "secret of another", "secret"],
      ["Port", "995", String(peer.port)],
      ["User name", "ines", "pat"],
    ] as const) {
      const field = page.getByLabel(label);
      await field.fill(edited);
      await start.waitFor({ state: "detached" });
      await page.getByText("Something was changed since it was tried. Try it again to go on.").waitFor();
      assert.equal(await field.and(page.locator(":focus")).inputValue(), edited);
      await field.fill(tried);
      await field.press("Enter");
      await start.waitFor();
      assert.equal(await days.inputValue(), "30", "what was wished is not asked again");
    }
    const encryption = page.getByLabel("Encryption");
    await encryption.selectOption("implicit");
    await start.waitFor({ state: "detached" });
    assert.equal(await encryption.inputValue(), "implicit");
    await encryption.selectOption("none");
    assert.equal(await start.count(), 0);
  },
);
