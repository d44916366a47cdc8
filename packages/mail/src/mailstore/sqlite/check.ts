// What `doctor` asks of a store: is the file sound, and do the numbers kept twice agree. Runs in a reader thread.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../contract.ts";
import { bodyPath } from "./data-directory.ts";
import { migrations, schemaVersion } from "./migrate.ts";
import { resultCode } from "./result-codes.ts";
import { readEntries, readHead } from "./snapshot.ts";
import type { Statements } from "./statements.ts";

export interface CheckOptions {
  readonly bodies: string;
  /** Body files younger than this, in milliseconds since the epoch, may still be waiting for their row. */
  readonly orphansBefore: number;
}

/** Named once each, however many there are. */
const examplesMax = 5;
const restore = "restore a backup; until then this store must not be trusted";
const report = "report this as a bug with the output of `restante doctor --json`; mail itself is not affected";

type Check = (db: Statements, options: CheckOptions) => Finding;

export function checkStore(db: Statements, options: CheckOptions): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const check of CHECKS) {
    const found = unlessDamaged(() => check(db, options));
    findings.set(found.what, found);
  }
  return [...findings.values()];
}

/** A file too damaged for one question may still answer the others. */
function unlessDamaged(look: () => Finding): Finding {
  try {
    return look();
  } catch (error) {
    if (resultCode(error) !== "corrupt") throw error;
    return { what: "the database file is damaged: it cannot be read to its end", severity: "error", repair: restore };
  }
}

const CHECKS: readonly Check[] = [
  checkSchema,
  checkIntegrity,
  checkAccountCounters,
  checkMailboxCounters,
  checkMaildrops,
  checkMessages,
  checkSharedBodies,
  checkBodyFiles,
  checkOrphans,
];

function checkSchema(db: Statements): Finding {
  const found = schemaVersion(db.database);
  const known = migrations().length;
  if (found === known) return { what: `schema version ${found}`, severity: "ok" };
  return {
    what: `schema version ${found}, this build has ${known}`,
    severity: "error",
    repair: "start the build that belongs to this store",
  };
}

function checkIntegrity(db: Statements): Finding {
  const rows = db.all<{ integrity_check: string }>(`PRAGMA integrity_check(${examplesMax})`);
  return finding(
    "the database file is sound",
    rows.map((row) => row.integrity_check).filter((text) => text !== "ok"),
    restore,
  );
}

function checkAccountCounters(db: Statements): Finding {
  const wrong = db.all<{ name: string }>(
    `SELECT a.name FROM account a LEFT JOIN
       (SELECT account_id, count(*) AS messages, sum(m.octets) AS octets
        FROM placement p JOIN message m USING (account_id, message_id) GROUP BY account_id) s USING (account_id)
     WHERE a.removed_at IS NULL AND (a.messages <> ifnull(s.messages, 0) OR a.octets <> ifnull(s.octets, 0)) LIMIT ?`,
    examplesMax,
  );
  return finding(
    "accounts are charged for the mail they hold",
    wrong.map(({ name }) => `the counters of ${name} are wrong`),
    report,
  );
}

function checkMailboxCounters(db: Statements): Finding {
  const wrong = db.all<{ account: string; name: string }>(
    `SELECT a.name AS account, b.name FROM mailbox b JOIN account a USING (account_id) LEFT JOIN
       (SELECT mailbox_id, count(*) AS messages, sum(instr(' ' || keywords || ' ', ' $seen ') = 0) AS unread, max(uid) AS uid
        FROM placement GROUP BY mailbox_id) s USING (mailbox_id)
     WHERE a.removed_at IS NULL
       AND (b.messages <> ifnull(s.messages, 0) OR b.unread <> ifnull(s.unread, 0) OR b.next_uid <= ifnull(s.uid, 0)) LIMIT ?`,
    examplesMax,
  );
  return finding(
    "mailboxes count what is in them",
    wrong.map(({ account, name }) => `the counters of ${account}/${name} are wrong`),
    report,
  );
}

function checkMaildrops(db: Statements): Finding {
  const wrong: string[] = [];
  const accounts = db.iterate<{ id: number; name: string }>(
    "SELECT account_id AS id, name FROM account WHERE removed_at IS NULL",
  );
  for (const { id, name } of accounts) {
    if (wrong.length === examplesMax) break;
    const difference = maildropDifference(db, id);
    if (difference !== undefined) wrong.push(`the packed maildrop of ${name} ${difference}`);
  }
  return finding("packed maildrops say what the rows say", wrong, report);
}

function maildropDifference(db: Statements, account: number): string | undefined {
  const head = readHead(db, account);
  if (head === undefined) return "is missing";
  let entries: Float64Array;
  try {
    entries = readEntries(db, account, head);
  } catch (error) {
    return error instanceof Error ? `cannot be read: ${error.message}` : "cannot be read";
  }
  const rows = db.iterate<{ messageId: number; octets: number }>(
    `SELECT p.message_id AS messageId, m.octets FROM mailbox b CROSS JOIN placement p ON p.mailbox_id = b.mailbox_id
     CROSS JOIN message m ON m.account_id = p.account_id AND m.message_id = p.message_id
     WHERE b.account_id = ? AND b.role = 'inbox' AND p.popped = 0 ORDER BY p.uid`,
    account,
  );
  let at = 0;
  let octets = 0;
  for (const row of rows) {
    if (entries[at] !== row.messageId || entries[at + 1] !== row.octets)
      return `differs at message-number ${at / 2 + 1}`;
    at += 2;
    octets += row.octets;
  }
  if (at !== entries.length) return `has ${entries.length / 2} entries for ${at / 2} messages`;
  return octets === head.octets ? undefined : `says ${head.octets} octets for ${octets}`;
}

function checkMessages(db: Statements): Finding {
  const { lost } = db.get<{ lost: number }>(
    "SELECT count(*) AS lost FROM message m LEFT JOIN body b USING (body_id) WHERE b.body_id IS NULL OR m.octets <> b.octets + ifnull(length(m.prefix), 0)",
  ) ?? { lost: 0 };
  return finding(
    "every message has its octets",
    lost === 0 ? [] : [`${lost} messages have no body, or one of another length`],
    restore,
  );
}

function checkSharedBodies(db: Statements): Finding {
  const wrong = db.all<{ id: number }>(
    `SELECT b.body_id AS id FROM body b
     LEFT JOIN (SELECT body_id, count(*) AS messages FROM message GROUP BY body_id) m USING (body_id)
     LEFT JOIN shared_body s USING (body_id)
     WHERE ifnull(m.messages, 0) <> ifnull(s.messages, 1) LIMIT ?`,
    examplesMax,
  );
  return finding(
    "bodies know how many messages they have",
    wrong.map(({ id }) => `body ${id} has a wrong number of messages`),
    report,
  );
}

function checkBodyFiles(db: Statements, { bodies }: CheckOptions): Finding {
  const wrong: string[] = [];
  for (const { file, octets } of db.iterate<{ file: string; octets: number }>(
    "SELECT file, octets FROM body WHERE file IS NOT NULL",
  )) {
    const found = statSync(bodyPath(bodies, file), { throwIfNoEntry: false })?.size;
    if (found !== octets)
      wrong.push(
        found === undefined ? `body file ${file} is missing` : `body file ${file} has ${found} of ${octets} octets`,
      );
    if (wrong.length === examplesMax) break;
  }
  return finding("body files are there and whole", wrong, "put the named files back from a backup");
}

function checkOrphans(db: Statements, { bodies, orphansBefore }: CheckOptions): Finding {
  let orphans = 0;
  for (const folder of readdirSync(bodies).filter((name) => name.length === 2)) {
    for (const file of readdirSync(join(bodies, folder))) {
      if (db.get("SELECT 1 FROM body WHERE file = ?", file) !== undefined) continue;
      if ((statSync(join(bodies, folder, file), { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < orphansBefore)
        orphans += 1;
    }
  }
  if (orphans === 0) return { what: "no body file without its message", severity: "ok" };
  return {
    what: `${orphans} body files belong to no message`,
    severity: "warning",
    repair: "nothing to do: the next garbage collection removes them",
  };
}

function finding(claim: string, problems: readonly string[], repair: string): Finding {
  return problems.length === 0
    ? { what: claim, severity: "ok" }
    : { what: problems.join("; "), severity: "error", repair };
}
