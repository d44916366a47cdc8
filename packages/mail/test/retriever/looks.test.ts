// Looks at a maildrop (plan, check, the reader's list) change nothing, here or there, and are as polite as runs.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import {
  checkSource,
  listServer,
  planSource,
  statePath,
  type FetchEvent,
  type LocalStore,
} from "../../src/retriever/index.ts";
import { SILENT } from "../../src/observe/index.ts";
import { openSetting, openWithStore, SIX } from "./fixture.ts";

const LOOKS = [
  ["plan", planSource],
  ["check", checkSource],
  ["the reader's list", (source, house) => listServer(source, house, { headersMax: 0 })],
] as const satisfies readonly (readonly [string, (...given: Parameters<typeof planSource>) => Promise<unknown>])[];

for (const [name, look] of LOOKS) {
  test(`${name} makes no folder of a Maildir, and removes no file of another run`, async (context) => {
    const setting = await openSetting(context);
    await setting.run();
    const path = join(setting.folder, "Maildir");
    const left = readdirSync(join(path, "tmp"));
    const { length: files } = readdirSync(join(path, "new"));
    // As a run that was killed leaves it: its name is made of the source alone.
    const prefix = await unfinishedName(setting);
    writeFileSync(join(path, "tmp", prefix), "half a mess");
    await look(setting.source(), setting.house);
    assert.deepEqual(readdirSync(join(path, "tmp")), [...left, prefix]);
    renameSync(path, `${path}.away`);
    await look(setting.source(), setting.house);
    assert.equal(existsSync(path), false);
    renameSync(`${path}.away`, path);
    assert.equal(readdirSync(join(path, "new")).length, files);
  });

  test(`${name} closes what it opens`, async (context) => {
    const setting = await openWithStore(context);
    await setting.run();
    const { local, openings } = counted(setting.anna.local);
    await look(setting.source(), { ...setting.house, openStore: () => Promise.resolve(local) });
    assert.deepEqual(openings, { opened: 1, closed: 1 });
  });

  test(`${name} keeps the time a server wants between logins, before and after it`, async (context) => {
    const capabilities = ["TOP", "UIDL", "USER", "PIPELINING", "LOGIN-DELAY 60"];
    const setting = await openSetting(context, { capabilities });
    await look(setting.source(), setting.house);
    const early = await setting.run();
    assert.deepEqual([early.error?.code, setting.peer.connections.length], ["too-soon", 1]);
    setting.aheadMs = 61_000;
    assert.equal((await setting.run()).outcome, "ok");
    await assert.rejects(look(setting.source(), setting.house), { code: "too-soon" });
    assert.equal(setting.peer.connections.length, 2);
  });
}

test("a look whose login cannot be written down ends its session, and one without a delay writes nothing", async (context) => {
  const announcing = await openSetting(context, { capabilities: ["TOP", "UIDL", "USER", "LOGIN-DELAY 60"] });
  const memory = new DatabaseSync(statePath(announcing.house.dataDir));
  memory.exec("CREATE TRIGGER t BEFORE UPDATE OF last_login_at ON source BEGIN SELECT raise(FAIL, 'no room'); END");
  memory.close();
  await assert.rejects(planSource(announcing.source(), announcing.house), /no room/);
  assert.equal(announcing.peer.commands.at(-1), "QUIT");
  assert.match((await announcing.run()).error?.message ?? "", /no room/);
  assert.deepEqual(
    announcing.peer.commands.filter((command) => command === "QUIT"),
    ["QUIT", "QUIT"],
    "and so does a run",
  );

  const plain = await openSetting(context);
  await plain.run();
  const before = plain.state.find("work");
  plain.aheadMs = 1_000;
  await planSource(plain.source(), plain.house);
  assert.deepEqual(plain.state.find("work"), before);
});

test("a server that once does not say what it can do wants as long between logins as before", async (context) => {
  const setting = await openSetting(context, {
    capabilities: ["TOP", "UIDL", "USER", "LOGIN-DELAY 60"],
    faults: [{ on: "CAPA", connection: 2, answer: "-ERR not now" }],
  });
  await setting.run();
  setting.aheadMs = 61_000;
  assert.equal((await setting.run()).error, undefined);
  setting.aheadMs = 63_000;
  assert.equal((await setting.run()).error?.code, "too-soon");
});

test("a run that is cut while it waits for its next login was interrupted, and did not fail", async (context) => {
  const setting = await openSetting(context, {
    capabilities: ["TOP", "UIDL", "USER", "LOGIN-DELAY 2"],
    faults: [{ on: "RETR 4", connection: 1, drop: 0 }],
  });
  const cut = new AbortController();
  // What is told last before the wait.
  const onEvent = ({ kind }: FetchEvent): void => {
    if (kind === "warning") setImmediate(() => cut.abort());
  };
  const report = await setting.run({}, { cut: cut.signal, onEvent });
  assert.deepEqual([report.error?.code, report.exitCode, report.arrived.messages], ["ABORTED", 75, 3]);
  assert.deepEqual([setting.state.find("work")?.failures, setting.peer.connections.length], [0, 1]);
});

test("the wait between logins counts from the login, not from the beginning of the run", async (context) => {
  const setting = await openSetting(context, {
    capabilities: ["TOP", "UIDL", "USER", "PIPELINING", "LOGIN-DELAY 60"],
    keys: { password: { prompt: true } },
  });
  const askPassword = (): Promise<string> => {
    setting.aheadMs += 50_000; // somebody takes their time
    return Promise.resolve("secret");
  };
  await setting.run({}, { askPassword });
  setting.aheadMs += 20_000;
  assert.equal((await setting.run({}, { askPassword })).error?.code, "too-soon");
});

test("where a server wants time between logins, a lost connection is not replaced at once", async (context) => {
  const faults = [{ on: "RETR 4", connection: 1, drop: 0 }];
  for (const [delay, connections] of [
    ["LOGIN-DELAY 60", 1],
    ["LOGIN-DELAY 0", 2],
  ] as const) {
    const setting = await openSetting(context, { capabilities: ["TOP", "UIDL", "USER", delay], faults });
    const report = await setting.run();
    assert.deepEqual(
      [setting.peer.connections.length, report.arrived.messages],
      [connections, connections === 1 ? 3 : 6],
    );
    setting.aheadMs = 61_000;
    assert.equal((await setting.run()).outcome, "ok");
    assert.equal(setting.texts().length, 6, "and the next run finishes it");
  }
});

test("destinations are closed when a later one cannot be opened, and when one cannot be closed", async (context) => {
  const setting = await openWithStore(context);
  const { local, openings } = counted(setting.anna.local);
  const file = join(setting.folder, "a-file");
  writeFileSync(file, "");
  const openStore = (): Promise<LocalStore> => Promise.resolve(local);
  const broken = { deliver: [{ to: "store:anna" }, { to: `maildir:${file}` }] };
  assert.equal((await setting.run(broken, { openStore })).exitCode, 74);
  assert.deepEqual(openings, { opened: 1, closed: 1 });

  const told: string[] = [];
  const log = { ...SILENT, error: (_: unknown, text: string) => void told.push(text) };
  const stuck = counted(setting.anna.local, () => Promise.reject(new Error("stuck")));
  setting.peer.script([{ on: "LIST", answer: "-ERR no list today" }]);
  const report = await setting.run({}, { openStore: () => Promise.resolve(stuck.local), log });
  assert.match(report.error?.message ?? "", /no list today/, "the run's own error is told");
  assert.deepEqual(told, ["a destination cannot be closed"]);
  setting.peer.script([]);
  const whole = await setting.run({}, { openStore: () => Promise.resolve(stuck.local), log });
  assert.deepEqual([whole.error, (await setting.anna.texts()).length], [undefined, SIX.length]);
});

/** A store that counts what of it is open. */
function counted(
  local: LocalStore,
  onClose: () => Promise<void> = () => Promise.resolve(),
): { readonly local: LocalStore; readonly openings: { opened: number; closed: number } } {
  const openings = { opened: 0, closed: 0 };
  return {
    openings,
    local: {
      concurrency: local.concurrency,
      fetched: (o) => local.fetched(o),
      async openPlacing(into) {
        const placing = await local.openPlacing(into);
        openings.opened += 1;
        return {
          begin: (facts) => placing.begin(facts),
          async close() {
            await placing.close();
            openings.closed += 1;
            await onClose();
          },
        };
      },
    },
  };
}

/** The name of a file that a run of this source is at. */
async function unfinishedName(setting: Awaited<ReturnType<typeof openSetting>>): Promise<string> {
  const path = join(setting.folder, "elsewhere");
  mkdirSync(path);
  let name = "";
  const seen = (step: string): void => {
    if (step === "maildir-written") name ||= readdirSync(join(path, "tmp"))[0] ?? "";
  };
  setting.peer.maildrop.deliver("Subject: another\r\n\r\nx\r\n");
  await setting.run({ deliver: [{ to: `maildir:${path}` }] }, { checkpoint: seen });
  return name;
}
