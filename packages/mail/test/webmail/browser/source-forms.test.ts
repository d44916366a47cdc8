// What is written in the forms of a source is what is saved, and what is shown is what holds.
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { becomes, goTo, is, NEEDS_CHROMIUM, turn } from "./browser.ts";
import { addSource } from "./provider.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { ask } from "./writing-desk.ts";

let peer: ScriptedPeer;
let reader: Reader;

setUp(async (file) => {
  peer = await scriptedPeer();
  file.after(() => peer.close());
  reader = await openReader(file, { args: ["--demo"] });
});

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
