// A store of the build before: whether an owner removed a collected message or its days were over was not written down.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { migrate, migrations } from "../../src/mailstore/sqlite/migrate.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const NEVER = 1;
const DAYS = 2;

test("what went before counts as expired where the account has days, and as its owner's removal elsewhere", (context) => {
  const folder = join(temporaryDirectory(context), "migrations");
  mkdirSync(folder);
  for (const { url } of migrations().slice(0, 8)) {
    const path = fileURLToPath(url);
    copyFileSync(path, join(folder, basename(path)));
  }
  const database = new DatabaseSync(":memory:");
  migrate(database, { path: "a store", folder: pathToFileURL(`${folder}/`) });
  for (const [account, days] of [
    [NEVER, "NULL"],
    [DAYS, "30"],
  ] as const) {
    database.exec(`
      INSERT INTO account (account_id, name, pop_delete, trash_days, uidl_epoch, created_at, expire_days)
        VALUES (${account}, 'a${account}', 'trash', 30, 1, 1, ${days});
      INSERT INTO mailbox (mailbox_id, account_id, name, role, uid_validity)
        VALUES (${account}1, ${account}, 'INBOX', 'inbox', 1), (${account}2, ${account}, 'Trash', 'trash', 1);
      INSERT INTO placement (account_id, message_id, mailbox_id, uid, modseq, popped)
        VALUES (${account}, 1, ${account}1, 1, 1, 0), (${account}, 2, ${account}2, 1, 2, 1), (${account}, 3, ${account}2, 2, 3, 0)`);
    for (const [id, removedAt] of [
      [1, "NULL"],
      [2, "NULL"],
      [3, "NULL"],
      [4, "5"],
    ] as const)
      database.exec(`INSERT INTO fetched (account_id, source, unique_id, sha256, message_id, fetched_at, removed_at)
        VALUES (${account}, 'work', x'0${id}', x'00', ${id}, 1, ${removedAt})`);
  }
  migrate(database, { path: "a store" });
  const expired = database.prepare("SELECT account_id, message_id FROM fetched WHERE expired = 1 ORDER BY 1, 2").all();
  assert.deepEqual(
    expired.map((row) => Object.values(row)),
    [
      [DAYS, 2],
      [DAYS, 4],
    ],
    "what a POP client or the expiry put into Trash, and what is gone",
  );
  database.close();
});
