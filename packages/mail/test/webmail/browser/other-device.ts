// What a person does to mail on another device meanwhile.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Act, Role } from "../../../src/webmail/api/schema/index.ts";
import { becomes } from "./browser.ts";
import { ask } from "./writing-desk.ts";

interface Listed {
  readonly rows: readonly { readonly account: string; readonly messageId: number; readonly subject: string }[];
}

/** `act` is done to the news of `name` as soon as it is in the mailbox of that role: what was done to it here may be on its way. */
export async function elsewhere(page: Page, name: string, act: Act, role: Role = "inbox"): Promise<void> {
  let found: Listed["rows"][number] | undefined;
  const isThere = async (): Promise<boolean> => {
    const { rows } = (await ask(page, `/api/list?account=all&role=${role}&view=messages&limit=100`)) as Listed;
    found = rows.find(({ subject }) => subject === `News of ${name}`);
    return found !== undefined;
  };
  await becomes(isThere, true);
  assert.ok(found);
  const { account, messageId } = found;
  await ask(page, "/api/acts", { method: "POST", body: { act, on: [{ account, messageId }], rows: [] } });
}
