// States of reading that the sample mail alone does not show, or that stand behind one more press.
import type { Page } from "playwright-core";
import { inbox, type Json, press, ROW, searched, type State, inTurn } from "./state-parts.ts";

const MENU = "[role=menu]";

/** A list in which there is nothing. */
const EMPTY: NonNullable<State["answer"]> = {
  at: "**/api/list?*",
  becomes: (body) => ({ ...(body as Json), rows: [], next: null, total: 0 }),
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

export const STATES_OF_READING: readonly State[] = [
  { name: "an inbox with nothing new", place: "#/all/inbox", ready: ".note", answer: EMPTY },
  { name: "nothing starred", place: "#/all/starred", ready: ".note", answer: EMPTY },
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
  { name: "a provider that cannot be collected from", ...adding, act: findServer("pat@hotmail.com", ".alarm") },
  { name: "the settings on a phone", place: "#/settings/language", ready: ".about", isPhone: true },
];
