// Acts that are asked for at once, on a real store: each finds what the one before it left. The index, and what reads mail
// for rules, are doubles, so that their answers come when a test says so.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import type { Call, ReaderHouse } from "../../../src/webmail/api/contract.ts";
import { actHandlers } from "../../../src/webmail/api/handlers/acts.ts";
import { ruleHandlers } from "../../../src/webmail/api/handlers/rules.ts";
import { undoHandlers } from "../../../src/webmail/api/handlers/undo.ts";
import { Reading } from "../../../src/webmail/api/reading.ts";
import type { Act, Acted, Ref, RuleRow, WholeRow } from "../../../src/webmail/api/schema/index.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let anna = "";
let ref: Ref = { account: "", messageId: 0 };

before(async () => {
  office = await openReaderOffice();
  anna = await office.account("anna");
});
after(() => office.stop());
beforeEach(async () => {
  ref = { account: anna, messageId: await office.deliver("anna", "Subject: Wanted here and there\n\nx\n") };
});

const PERSON: Call = { person: { origin: "" }, signal: new AbortController().signal };

interface Doubled {
  readonly members?: () => Promise<readonly number[]>;
  readonly caughtUp?: () => Promise<boolean>;
  readonly summarize?: () => Promise<unknown>;
}

function desk({
  members = () => Promise.resolve([]),
  caughtUp = () => Promise.resolve(true),
  summarize,
}: Doubled = {}) {
  const { store } = office.house.office.house;
  const house = {
    store,
    mail: { summarize },
    index: { onIndexed: () => () => undefined, onState: () => () => undefined, members, caughtUp },
    collecting: { listen: () => () => undefined },
  };
  const reading = new Reading(house as unknown as ReaderHouse);
  const { act } = actHandlers(reading);
  const { undo } = undoHandlers(reading);
  const { applyRule } = ruleHandlers(reading);
  return {
    act: (kind: Exclude<Act["kind"], "move" | "label" | "unlabel" | "delete">, call = PERSON): Promise<Acted> =>
      act({ act: { kind }, on: [ref], rows: [] }, call),
    actOnRow: (kind: "archive" | "trash", row: WholeRow): Promise<Acted> =>
      act({ act: { kind }, on: [], rows: [row] }, PERSON),
    apply: (rule: RuleRow): Promise<Acted> => applyRule({ account: anna, rule, confirmed: true }, PERSON),
    undo: (id: string | null) => undo({ undo: id ?? "" }, PERSON),
  };
}

function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

const ALL_INTO_BOATS: RuleRow = {
  id: "boats",
  name: "Boats",
  isEnabled: true,
  match: "all",
  conditions: [{ field: "size", test: "larger", octets: 0 }],
  actions: [{ kind: "move", mailbox: "Boats" }],
  stops: false,
};

async function place(): Promise<readonly [mailbox: string | undefined, keywords: readonly string[] | undefined]> {
  const [found] = await office.house.office.house.store.placementsOf(anna, [ref.messageId]);
  return [found?.mailbox, found?.keywords];
}

test("an act that is asked for at once after another takes back to where that one left the mail", async () => {
  const { act, undo } = desk();
  const [, trashed] = await Promise.all([act("archive"), act("trash")]);
  assert.equal((await place())[0], "Trash");
  await undo(trashed.undo);
  assert.equal((await place())[0], "Archive");
});

test("what is starred and unstarred at once was changed by both, and the undo of the second stars it", async () => {
  const { act, undo } = desk();
  const [starred, unstarred] = await Promise.all([act("star"), act("unstar")]);
  assert.deepEqual([starred.changed, unstarred.changed, (await place())[1]], [1, 1, []]);
  await undo(unstarred.undo);
  assert.deepEqual((await place())[1], ["$flagged"]);
});

test("an undo and an act that are asked for at once are done in their order", async () => {
  const { act, undo } = desk();
  const archived = await act("archive");
  const [undone, trashed] = await Promise.all([undo(archived.undo), act("trash")]);
  assert.deepEqual([undone.changed, (await place())[0]], [1, "Trash"]);
  await undo(trashed.undo);
  assert.equal((await place())[0], "INBOX");
});

test("an act on a row waits for all that is of it, and what is asked for later is done after it", async () => {
  const members = later<readonly number[]>();
  const { act, actOnRow } = desk({ members: () => members.promise });
  const row = { account: anna, conversation: ref.messageId, upTo: ref.messageId, count: 1, role: "inbox" } as const;
  const acts = [actOnRow("archive", row), act("trash")];
  await turnOfLoop();
  members.resolve([ref.messageId]);
  const changed = (await Promise.all(acts)).map((acted) => acted.changed);
  assert.deepEqual([changed, (await place())[0]], [[1, 1], "Trash"]);
});

test("what an act takes out of the inbox while a rule looks at it stays where the act put it", async () => {
  const { act, apply } = desk({ summarize: () => (trashed ??= act("trash")) });
  let trashed: Promise<Acted> | undefined;
  await apply(ALL_INTO_BOATS);
  assert.deepEqual([(await trashed)?.changed, (await place())[0]], [1, "Trash"]);
});

test("an act does not wait until lists show the one before it", async () => {
  const shown = later<boolean>();
  const waits = [shown.promise];
  const { act } = desk({ caughtUp: () => waits.shift() ?? Promise.resolve(true) });
  let isAnswered = false;
  const first = act("archive").finally(() => (isAnswered = true));
  await act("trash");
  assert.deepEqual([isAnswered, (await place())[0]], [false, "Trash"]);
  shown.resolve(true);
  await first;
});

test("an act that fails holds up none, and whoever goes away before their turn has done nothing", async () => {
  const { act, undo } = desk();
  const leaving = new AbortController();
  const failed = assert.rejects(undo("never-given"), { code: "gone" });
  const gone = assert.rejects(act("trash", { ...PERSON, signal: leaving.signal }), /left/);
  const starred = act("star");
  leaving.abort(new Error("left"));
  await Promise.all([failed, gone]);
  assert.equal((await starred).changed, 1);
  assert.deepEqual(await place(), ["INBOX", ["$flagged"]]);
});
