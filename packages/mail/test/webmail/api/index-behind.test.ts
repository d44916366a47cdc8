// What is done through the reader's API while its index is far behind, with the waits that are shipped.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openReaderOffice } from "./reader-office.ts";

test(
  "an index that is far behind is not waited for, and the list shows the act once it came",
  { timeout: 30_000 },
  async (context) => {
    const office = await openReaderOffice({ isPatient: false });
    context.after(() => office.stop());
    const account = await office.account("anna");
    const messageId = await office.deliver("anna", "From: b@harbour.example\n\nahoy\n");
    const roleOf = async () => (await office.ask("message", { account, messageId })).role;
    assert.equal(await roleOf(), "inbox");
    // Who writes into the index waits for as long as another does.
    const index = new DatabaseSync(join(office.house.config.dataDir, "search.db"), { timeout: 10_000 });
    context.after(() => index.close());
    index.exec("BEGIN IMMEDIATE");
    await office.ask("act", { act: { kind: "trash" }, on: [{ account, messageId }] });
    assert.equal(await roleOf(), "inbox", "the index has not heard of it");
    index.exec("ROLLBACK");
    while ((await roleOf()) !== "trash") await delay(20);
  },
);
