// Sources, from the wizard to removing what is on the server, against a POP3 server of a script.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { candidatesFor } from "../../../src/webmail/api/sources/candidates.ts";
import { loadConfig } from "../../../src/config/index.ts";
import { temporaryDirectory } from "../../office/test-office.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

const MESSAGES = [1, 2, 3].map(
  (n) =>
    `From: Pat <pat@studio.example>\r\nDate: Mon, ${n} Jun 2026 10:00:00 +0000\r\nSubject: m${n}\r\nMessage-ID: <${n}@peer>\r\n\r\nText of ${n}.\r\n`,
);

const directory = temporaryDirectory();
const file = join(directory.path, "restante.toml");
let peer: ScriptedPeer;
let office: ReaderOffice;
let place: { readonly host: string; readonly port: number; readonly tls: "none"; readonly user: string };

before(async () => {
  peer = await scriptedPeer({ messages: MESSAGES });
  office = await openOfficeIn(directory.path);
  await office.account("anna");
  place = { host: "127.0.0.1", port: peer.port, tls: "none", user: "anna" };
});
after(async () => {
  await office.stop();
  await peer.close();
  directory.remove();
});

/** One that reads again what the reader writes. */
function openOfficeIn(dataDir: string): Promise<ReaderOffice> {
  const defaults = {
    data: dataDir,
    host_name: "mail.example.org",
    "listen.web": "127.0.0.1:0",
    pop_delete: "trash 30d",
  };
  const written = join(dataDir, "restante.toml");
  const readConfig = () => loadConfig({ defaults, ...(existsSync(written) ? { file: written } : {}) }).config;
  return openReaderOffice({ dataDir, readConfig });
}

const add = {
  account: "anna",
  password: "secret",
  keep: { kind: "forever" },
  first: { kind: "everything" },
  octetsMax: null,
} as const;

/** Resolves when a run of the source has ended. */
function runEnded(source: string): Promise<void> {
  return new Promise((resolve) => {
    const unlisten = office.house.office.collecting.listen((event) => {
      if (event.source !== source || event.kind !== "finished") return;
      unlisten();
      resolve();
    });
  });
}

test("the test of a source says step by step how far it came", async () => {
  const tested = await office.ask("testSource", { ...place, password: "secret" });
  assert.deepEqual(
    tested.steps.map(({ state }) => state),
    ["ok", "warned", "ok", "ok"],
    "a connection that was never encrypted gets no tick for it",
  );
  assert.deepEqual(tested.steps[3], { step: "list", state: "ok", values: { messages: 3 } });
  const refused = await office.ask("testSource", { ...place, password: "wrong" });
  assert.deepEqual(
    refused.steps.map(({ state }) => state),
    ["ok", "warned", "failed", "skipped"],
  );
  assert.deepEqual([refused.trouble?.code, refused.trouble?.advice], ["AUTH_REJECTED", ["login"]]);
  assert.notEqual(refused.trouble?.reply, "", "what the server said is quoted, apart from what is ours");
  assert.deepEqual([tested.reached?.messages, tested.reached?.tls], [3, null]);
  const nowhere = await office.ask("testSource", { ...place, port: 1, password: "secret" });
  assert.deepEqual(
    nowhere.steps.map(({ state }) => state),
    ["failed", "skipped", "skipped", "skipped"],
  );
  assert.equal(nowhere.trouble?.code, "CONNECT_REFUSED");
  assert.doesNotMatch(JSON.stringify(nowhere), /secret/);
});

test("a password that the server repeats is not in what the test of a source shows", async () => {
  peer.script([{ on: /^(?:AUTH|PASS)/, answer: "-ERR [AUTH] s3cret-word is wrong" }]);
  const tested = await office.ask("testSource", { ...place, password: "s3cret-word" });
  peer.script([]);
  assert.equal(tested.trouble?.reply, "**** is wrong");
  assert.doesNotMatch(JSON.stringify(tested), /s3cret-word/);
});

test("a known provider is found without asking anybody", async () => {
  const { candidates } = await office.ask("discoverSource", { address: "anna@gmail.com" });
  assert.deepEqual([candidates[0]?.host, candidates[0]?.from], ["pop.gmail.com", "provider"]);
  for (const [address, reason, values] of [
    ["no address", "bad-address", { address: "no address" }],
    ["anna@hotmail.com", "provider-oauth-only", { name: "Outlook.com" }],
    ["anna@proton.me", "provider-no-pop3", { name: "Proton Mail" }],
  ] as const) {
    const { origin, cookie } = office;
    const headers = { origin, cookie, "content-type": "application/json" };
    const body = JSON.stringify({ address });
    const { text } = await office.raw({ method: "POST", path: "/api/sources/discover", headers, body });
    const { error } = JSON.parse(text) as { readonly error: Readonly<Record<string, unknown>> };
    assert.deepEqual([error["code"], error["reason"], error["values"]], ["refused", reason, values]);
  }
});

test("of servers that only the DNS names, the browser learns the domain, and which of them to ask a person about", async () => {
  const records = [{ name: "pop.host.example", port: 995, priority: 0, weight: 0 }];
  const srv = (name: string) => Promise.resolve(name.startsWith("_pop3s.") ? records : []);
  const { candidates } = await candidatesFor("ines@studio.example", { srv });
  const { isForeign, mailDomain, host, user } = candidates[0] ?? {};
  assert.deepEqual(
    [host, user, mailDomain, isForeign],
    ["pop.host.example", "ines@studio.example", "studio.example", true],
  );
  const own = await candidatesFor("ines@host.example", { srv });
  assert.deepEqual([own.candidates[0]?.mailDomain, own.candidates[0]?.isForeign], ["host.example", false]);
});

test("a source is written into the configuration, its password into a file of its own, and collected at once", async () => {
  const ended = runEnded("peer");
  const status = await office.ask("addSource", {
    ...add,
    ...place,
    mailDomain: "studio.example",
    name: "peer",
  });
  assert.deepEqual([status.source, status.account, status.isReadOnly], ["peer", "anna", false]);
  const written = readFileSync(file, "utf8");
  assert.match(written, /^\[source\.peer\]$/m);
  assert.match(written, /^mail_domain = "studio\.example"$/m);
  assert.doesNotMatch(written, /"secret"/);
  assert.equal(statSync(join(directory.path, "secrets", "peer.password")).mode & 0o777, 0o600);
  await ended;
  const { sources } = await office.ask("sources", {});
  assert.deepEqual([sources[0]?.lastOutcome, sources[0]?.arrivedLast], ["ok", 3]);
  const retrieved = peer.commands.filter((one) => one.startsWith("RETR"));
  assert.deepEqual(retrieved, ["RETR 3", "RETR 2", "RETR 1"], "a list that is in use fills from its top");
  assert.deepEqual(await office.refused("addSource", { ...add, ...place, name: "peer" }), [409, "conflict"]);
});

test("the server mailbox shows what is there, that it is here, and who wrote it", async () => {
  const shown = await office.ask("serverMailbox", { source: "peer" });
  assert.deepEqual([shown.messages, shown.stored, shown.rows.length, shown.next], [3, 3, 3, null]);
  assert.ok(shown.rows.every(({ state, why }) => state === "stored" && why === "stays"));
  const paged = await office.ask("serverMailbox", { source: "peer", limit: 2 });
  const rest = await office.ask("serverMailbox", { source: "peer", limit: 2, after: paged.next ?? "-" });
  assert.equal(rest.rows.length, 1);
});

test("removing at once is asked twice", async () => {
  const change = { source: "peer", keep: { kind: "remove-at-once" } } as const;
  assert.deepEqual(await office.refused("changeSource", change), [400, "not-confirmed"]);
  assert.doesNotMatch(readFileSync(file, "utf8"), /keep = "0"/);
});

test("a plan removes nothing; said back, it removes what it named and nothing else", async () => {
  const { rows } = await office.ask("serverMailbox", { source: "peer" });
  const oldest = rows.at(-1)?.uniqueId ?? "";
  const plan = await office.ask("planRemoval", { source: "peer", uniqueIds: [oldest, "never-seen"] });
  assert.deepEqual([plan.messages, plan.refused], [1, [{ uniqueId: "never-seen", why: "not-there" }]]);
  assert.equal((await office.ask("serverMailbox", { source: "peer" })).messages, 3);
  assert.deepEqual(await office.ask("removeFromServer", { source: "peer", token: plan.token }), {
    removed: 1,
    unconfirmed: 0,
  });
  const left = await office.ask("serverMailbox", { source: "peer" });
  assert.deepEqual(left.rows.map(({ uniqueId }) => uniqueId).includes(oldest), false);
  assert.equal(left.messages, 2);
  assert.deepEqual(await office.refused("removeFromServer", { source: "peer", token: plan.token }), [410, "gone"]);
  const { rows: audit } = await office.ask("sourceAudit", { source: "peer" });
  const removed = audit.filter(({ removedAt }) => removedAt !== null);
  assert.deepEqual(
    removed.map(({ removedWhy }) => removedWhy),
    ["owner-asked"],
  );
});

test("the protocol log holds no password", async () => {
  const { lines } = await office.ask("sourceLog", { source: "peer" });
  assert.ok(lines.some((line) => /C: USER anna|AUTH/.test(line)));
  assert.ok(lines.every((line) => !line.includes("secret")));
});

test("retention, interval and pause change; a source that is unknown is not there", async () => {
  const changed = await office.ask("changeSource", {
    source: "peer",
    keep: { kind: "days", days: 14 },
    everyMs: 600_000,
  });
  assert.deepEqual([changed.keep, changed.everyMs], [{ kind: "days", days: 14, whenDeletedHere: false }, 600_000]);
  // Ten years, as in the configuration file.
  const keep = (days: number) => ({ source: "peer", keep: { kind: "days", days } as const });
  assert.deepEqual(await office.refused("changeSource", keep(3_651)), [400, "bad-request"]);
  assert.deepEqual((await office.ask("changeSource", keep(3_650))).keep, {
    ...keep(3_650).keep,
    whenDeletedHere: false,
  });
  assert.equal((await office.ask("pauseSource", { source: "peer" })).state, "paused");
  assert.notEqual((await office.ask("resumeSource", { source: "peer" })).state, "paused");
  assert.deepEqual(await office.refused("pauseSource", { source: "nobody" }), [404, "not-found"]);
  assert.deepEqual(await office.refused("serverMailbox", { source: "nobody" }), [404, "not-found"]);
});

test("a rule that was written by hand is shown as it is, and other days leave the rest of it alone", async (context) => {
  const ownDirectory = temporaryDirectory();
  const own = await openOfficeIn(ownDirectory.path);
  context.after(async () => {
    await own.stop();
    ownDirectory.remove();
  });
  await own.account("anna");
  // Nobody listens there: what the rules would remove is not of interest.
  await own.ask("addSource", { ...add, ...place, port: 1, name: "hand" });
  const ownFile = join(ownDirectory.path, "restante.toml");
  const shownFor = async (server: string): Promise<unknown> => {
    writeFileSync(ownFile, readFileSync(ownFile, "utf8").replace(/^server = .*$/m, `server = { ${server} }`));
    await own.house.office.reload();
    return (await own.ask("sources", {})).sources[0]?.keep;
  };
  const deleted = "delete_when_deleted_locally = true";
  for (const [server, keep] of [
    ['keep = "12h"', { kind: "span", ms: 43_200_000, whenDeletedHere: false }],
    [`keep = "36h", ${deleted}`, { kind: "span", ms: 129_600_000, whenDeletedHere: true }],
    ['keep = "48h"', { kind: "days", days: 2, whenDeletedHere: false }],
    [`keep = "0", ${deleted}`, { kind: "remove-at-once" }],
    [`keep = "forever", ${deleted}`, { kind: "until-deleted-here" }],
    [`keep = "30d", ${deleted}`, { kind: "days", days: 30, whenDeletedHere: true }],
  ] as const)
    assert.deepEqual(await shownFor(server), keep, server);
  const keep = { kind: "days", days: 20, whenDeletedHere: true } as const;
  assert.deepEqual((await own.ask("changeSource", { source: "hand", keep })).keep, keep);
  assert.match(readFileSync(ownFile, "utf8"), /^server = \{ keep = "20d", delete_when_deleted_locally = true \}$/m);
});

test("a source that is taken out is forgotten; mail here and there stays", async () => {
  await office.ask("removeSource", { source: "peer" });
  assert.deepEqual((await office.ask("sources", {})).sources, []);
  assert.doesNotMatch(readFileSync(file, "utf8"), /source\.peer/);
  assert.equal(existsSync(join(directory.path, "secrets", "peer.password")), false);
  // A message that is asked for is waited for; a list shows what is indexed.
  const account = await office.account("anna");
  for (const { messageId } of await office.house.office.house.store.messages(account, { after: 0, limit: 10 }))
    await office.ask("message", { account, messageId });
  assert.equal((await office.ask("list", { account: "all", role: "inbox", view: "messages" })).rows.length, 3);
});

test("mail of a mailbox that was collected under another name does not come again when it is added", async () => {
  assert.equal(office.house.office.collecting.memory()?.known("peer").length, 3);
  const ended = runEnded("peer");
  const { source } = await office.ask("addSource", { ...add, ...place, address: "anna@elsewhere.example" });
  assert.equal(source, "peer");
  await ended;
  const { sources } = await office.ask("sources", {});
  assert.deepEqual([sources[0]?.lastOutcome, sources[0]?.arrivedLast], ["ok", 0]);
  await office.ask("removeSource", { source: "peer" });
});

test("a source whose server cannot say what is new is not added by halves", async () => {
  const first = { kind: "newest", messages: 10 } as const;
  const [status] = await office.refused("addSource", { ...add, ...place, port: 1, name: "half", first });
  assert.notEqual(status, 200);
  assert.deepEqual((await office.ask("sources", {})).sources, []);
  assert.equal(existsSync(join(directory.path, "secrets", "half.password")), false);
});

test("an account that is full is said to be that, with what makes room", async () => {
  await office.account("ben");
  await office.house.office.house.accounts.setQuota("ben", { messages: 1 });
  const ended = runEnded("full");
  await office.ask("addSource", { ...add, ...place, account: "ben", name: "full" });
  await ended;
  const { sources } = await office.ask("sources", {});
  const trouble = sources.find(({ source }) => source === "full")?.trouble;
  assert.deepEqual([trouble?.code, trouble?.advice], ["destination-full", ["nothing-lost", "account-room"]]);
  assert.equal(trouble?.words, "store:ben has no room: its account may hold no more");
  await office.ask("removeSource", { source: "full" });
});

test("the first source makes the first account; where there is one, another is not made", async () => {
  const ownDirectory = temporaryDirectory();
  const empty = await openOfficeIn(ownDirectory.path);
  try {
    const wanted = { ...add, ...place, name: "first" };
    assert.deepEqual(await empty.refused("addSource", { ...wanted, account: "an na" }), [400, "bad-request"]);
    assert.deepEqual((await empty.ask("session", {})).accounts, []);
    const refused = { ...wanted, password: "wrong", first: { kind: "newest", messages: 1 }, account: "ana" } as const;
    await empty.refused("addSource", refused);
    assert.deepEqual((await empty.ask("session", {})).accounts, [], "the name can be corrected");
    assert.equal((await empty.ask("addSource", { ...wanted, account: "Anna" })).account, "anna");
    assert.deepEqual(
      (await empty.ask("session", {})).accounts.map(({ name }) => name),
      ["anna"],
    );
    assert.deepEqual(await empty.refused("addSource", { ...wanted, account: "ben", name: "b" }), [404, "not-found"]);
  } finally {
    await empty.stop();
    ownDirectory.remove();
  }
});

test("of two first sources that come at once, one makes an account", async () => {
  const ownDirectory = temporaryDirectory();
  const empty = await openOfficeIn(ownDirectory.path);
  try {
    const added = await Promise.allSettled(
      ["anna", "ben"].map((account) => empty.ask("addSource", { ...add, ...place, name: account, account })),
    );
    // They come over two connections: either may be the first.
    assert.deepEqual(added.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
    assert.equal((await empty.ask("session", {})).accounts.length, 1);
  } finally {
    await empty.stop();
    ownDirectory.remove();
  }
});

test("a name that was taken out goes to no other mailbox, and to its own with what is remembered", async () => {
  await using own = await scriptedPeer({ messages: MESSAGES });
  await using other = await scriptedPeer({ messages: MESSAGES });
  await office.account("carl");
  const added = async (o: { readonly account: string; readonly address: string; readonly port: number }) => {
    const { source } = await office.ask("addSource", { ...add, ...place, ...o });
    const isFirst = () => office.house.office.collecting.memory()?.find(source)?.lastRunAt === undefined;
    while (isFirst()) await runEnded(source);
    return source;
  };
  const mine = { account: "anna", address: "anna@shared.example", port: own.port };
  assert.equal(await added(mine), "shared");
  await office.ask("removeSource", { source: "shared" });
  const name = await added({ account: "carl", address: "carl@shared.example", port: other.port });
  assert.equal(name, "carl-shared");
  assert.equal((await office.ask("serverMailbox", { source: name })).stored, 3, "equal mail is collected for each");
  const named = { ...add, ...place, port: other.port, name: "shared" };
  assert.deepEqual(await office.refused("addSource", named), [409, "conflict"]);
  assert.equal(await added(mine), "shared");
  for (const source of [name, "shared"]) await office.ask("removeSource", { source });
});
