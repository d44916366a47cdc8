// What a person does to mail on another device meanwhile.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Act, Role } from "../../../src/webmail/api/schema/index.ts";
import { ask } from "./writing-desk.ts";

interface Listed {
  readonly rows: readonly { readonly account: string; readonly messageId: number; readonly subject: string }[];
}

/** `act` is done to the news of `name`, which is in the mailbox of that role. */
export async function elsewhere(page: Page, name: string, act: Act, role: Role = "inbox"): Promise<void> {
  const { rows } = (await ask(page, `/api/list?account=all&role=${role}&view=messages&limit=100`)) as Listed;
  const row = rows.find(({ subject }) => subject === `News of ${name}`);
  assert.ok(row, `no news of ${name}`);
  const { account, messageId } = row;
  await ask(page, "/api/acts", { method: "POST", body: { act, on: [{ account, messageId }], rows: [] } });
}
