// Messages that share a unique-id, on a server whose answer to QUIT is lost: whatever it did before that, each of them
// arrives once, and nothing is removed there that did not arrive.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { PeerFault } from "@restante/pop/testing";
import { maildirTexts, openWithStore, type Setting, type SourceKeys, type StoreSetting } from "./fixture.ts";
import { sample } from "./sample.ts";

type Both = Setting & { readonly anna: StoreSetting };

/** More than any of them needs. */
const RUNS_MAX = 8;

const letter = (subject: string, text: string): string => `Subject: ${subject}\r\nDate: today\r\n\r\n${text}.\r\n`;

/** What siblings have in common, beside their unique-id: `mark` and text of each. */
const SIBLINGS = {
  "octet for octet equal": (mark: string) => ["one", "one", "one"].map((text) => letter(mark, text)),
  "of one size and header": (mark: string) => ["one", "two", "six"].map((text) => letter(mark, text)),
  "of one header, two of them equal": (mark: string) => ["one", "two", "one"].map((text) => letter(mark, text)),
  "of one size": (mark: string) => ["one", "two", "six"].map((text) => letter(`${mark} ${text}`, text)),
  "of other sizes": (mark: string) => ["one", "three", "eleven"].map((text) => letter(`${mark} ${text}`, text)),
} as const;

const SERVERS = {
  "shows headers": [],
  "shows no header": [{ on: "TOP", answer: "-ERR no" }],
} as const satisfies Readonly<Record<string, readonly PeerFault[]>>;

/** Answers to QUIT that are lost, of the first connections. */
const LOST = {
  "the first": { times: 1 },
  "the second": { skip: 1, times: 1 },
  "the first and the second": { times: 2 },
} as const;

interface Cell {
  readonly order: "oldest" | "newest";
  readonly commit: 1 | 2 | 100;
  /** The server removed before its answer was lost. */
  readonly applies: boolean;
  readonly count: 2 | 3;
  readonly lost: keyof typeof LOST;
}

const CELLS: readonly Cell[] = (Object.keys(LOST) as (keyof typeof LOST)[]).flatMap((lost) =>
  (["oldest", "newest"] as const).flatMap((order) =>
    ([1, 2, 100] as const).flatMap((commit) =>
      [true, false].flatMap((applies) => ([2, 3] as const).map((count) => ({ order, commit, applies, count, lost }))),
    ),
  ),
);

const say = ({ order, commit, applies, count, lost }: Cell): string =>
  `${count} siblings, ${order} first, ${commit} a session, ${lost} lost ${applies ? "behind" : "before"} the removal`;

/** Of the mail with this mark: what was removed there arrived in both places, as often. */
async function nothingLost(setting: Both, mark: string): Promise<void> {
  for (const texts of await arrived(setting, mark)) {
    const left = [...texts];
    for (const { octets } of setting.peer.maildrop.removed) {
      const text = Buffer.from(octets).toString("latin1");
      if (!text.includes(mark)) continue;
      const at = left.indexOf(text);
      assert.notEqual(at, -1, `${mark}: removed and not here`);
      left.splice(at, 1);
    }
  }
}

async function arrived({ folder, anna }: Both, mark: string): Promise<readonly (readonly string[])[]> {
  return [maildirTexts(folder), await anna.texts()].map((texts) =>
    texts.filter((text) => text.includes(mark)).toSorted(),
  );
}

async function play(setting: Both, siblings: keyof typeof SIBLINGS, faults: readonly PeerFault[], cell: Cell) {
  const { order, commit, applies, count, lost } = cell;
  const { peer } = setting;
  const mark = `${siblings}: ${say(cell)}.`;
  const texts = SIBLINGS[siblings](mark).slice(0, count);
  for (const octets of texts) peer.maildrop.deliver({ octets, uniqueId: mark.replaceAll(" ", "-") });
  peer.script([{ on: "QUIT", drop: 0, applies, ...LOST[lost] }, ...faults]);
  for (let run = 0; run < RUNS_MAX && peer.maildrop.messages.length > 0; run += 1) {
    const report = await setting.run({ fetch: { order }, commit_every: commit });
    assert.deepEqual(report.questions, [], mark);
    await nothingLost(setting, mark);
  }
  assert.equal(peer.maildrop.messages.length, 0, `${mark} The server is empty`);
  assert.deepEqual(await arrived(setting, mark), [texts.toSorted(), texts.toSorted()], mark);
}

for (const siblings of ["octet for octet equal", "of one size and header"] as const)
  test(`siblings ${siblings} arrive once each when the first answer to QUIT is lost`, async (context) => {
    const setting = await openBoth(context);
    for (const cell of CELLS.filter(({ lost }) => lost === "the first")) await play(setting, siblings, [], cell);
  });

for (const [shown, faults] of Object.entries(SERVERS))
  for (const siblings of Object.keys(SIBLINGS) as (keyof typeof SIBLINGS)[])
    test(`siblings ${siblings} arrive once each from a server that ${shown}, whichever answer to QUIT is lost`, async (context) => {
      const setting = await openBoth(context);
      for (const at of sample(context, { what: "ways to lose it", of: CELLS.length, take: 5 }))
        await play(setting, siblings, faults, CELLS[at - 1] as Cell);
    });

/** A Maildir and a store, and an empty server that is to be emptied. */
async function openBoth(context: TestContext): Promise<Both> {
  const setting = await openWithStore(context, { messages: [], keys: { server: { keep: "0" } } });
  const deliver = [{ to: `maildir:${setting.folder}/Maildir` }, { to: "store:anna" }];
  return Object.assign(setting, withKeys(setting, { deliver }));
}

function withKeys({ run }: Both, common: SourceKeys): Pick<Both, "run"> {
  return { run: (keys = {}, more) => run({ ...common, ...keys }, more) };
}
