// What a person has after a while: a mailbox, a label and a rule of their own, a draft, and a message that did not go.
import type { Page } from "playwright-core";
import { EMPTY_DRAFT } from "../empty-draft.ts";
import { goTo } from "./browser.ts";
import { addSource } from "./provider.ts";
import type { Reader } from "./set-up.ts";
import { ask } from "./writing-desk.ts";

export async function furnish(page: Page, account = "1"): Promise<void> {
  await ask(page, "/api/mailboxes", { method: "POST", body: { account, name: "Boats" } });
  const { label } = (await ask(page, "/api/labels", {
    method: "PUT",
    body: { account, name: "Harbour", colour: "teal" },
  })) as { readonly label: string };
  const rule = {
    id: "boats",
    name: "Boats",
    isEnabled: true,
    match: "all",
    conditions: [{ field: "from", test: "contains", value: "boats@" }],
    actions: [
      { kind: "move", mailbox: "Boats" },
      { kind: "label", label },
    ],
    stops: true,
  };
  await ask(page, "/api/rules", { method: "PUT", body: { account, rules: [rule], version: 0 } });
  const fields = { ...EMPTY_DRAFT, to: [{ name: "", address: "pat@studio.example" }], subject: "Pier", text: "x" };
  for (const id of ["for-the-outbox", "left-as-a-draft"])
    await ask(page, `/api/drafts/${id}`, { method: "PUT", body: { account, version: 0, fields } });
  const entry = (await ask(page, "/api/drafts/for-the-outbox/send", {
    method: "POST",
    body: { account, version: 1, confirmed: true },
  })) as { readonly id: string };
  // No submission server is set: it fails as soon as it is tried.
  await ask(page, `/api/outbox/${entry.id}/retry`, { method: "POST", body: { account } });
}

/** A source whose provider is the post office itself: the maildrop of `friend`, collected into `demo`. */
export async function collectOwnMail({ page, product }: Reader, source: string): Promise<void> {
  const friend = product.accounts.find(({ user }) => user === "friend");
  const login = { user: "friend", password: friend?.password };
  await addSource(page, { name: source, port: product.port("pop3"), ...login });
  await goTo(page, `#/all/source/${source}`);
  await page.locator("[role=row]").first().waitFor();
}
