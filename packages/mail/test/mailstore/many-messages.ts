// Large maildrops for tests and benches, made by the writer's own code but without a wait for the disk a group.
import { join } from "node:path";
import { openForWriting } from "../../src/mailstore/sqlite/database.ts";
import { Statements } from "../../src/mailstore/sqlite/statements.ts";
import { GroupEdits } from "../../src/mailstore/sqlite/write/group-edits.ts";
import { place } from "../../src/mailstore/sqlite/write/place.ts";

/** As many as the writer puts into one commit. */
const GROUP = 64;

/** Places body 1 so many times with an account, while no store has the directory open. */
export function placeInOneTransaction(
  directory: string,
  { account, count }: { readonly account: string; readonly count: number },
): void {
  const db = new Statements(openForWriting(join(directory, "mail.db")));
  const edits = new GroupEdits(db);
  db.database.exec("BEGIN");
  for (let n = 0; n < count; n += 1) {
    place(
      db,
      {
        account: Number(account),
        body: { kind: "stored", bodyId: 1 },
        prefix: undefined,
        octets: 3,
        stuffedLines: 0,
        headerOctets: 3,
        receivedAt: n,
        mailbox: "INBOX",
        keywords: "",
        uniqueId: undefined,
        deliveryKey: undefined,
        surrogate: undefined,
        fetched: undefined,
        now: 0,
      },
      edits,
    );
    if (n % GROUP === GROUP - 1) edits.save();
  }
  edits.save();
  db.database.exec("COMMIT");
  db.database.close();
}
