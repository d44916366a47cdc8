// Every request of the table is made by those who may not: from other sites, under other names, without a session, for
// accounts that may not be read, too large, misshapen. A route that is new needs a sample here before this compiles.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CONTENT_PATHS } from "../../../src/webmail/api/content/index.ts";
import {
  requestOf,
  ROUTES,
  type Route,
  type RouteInput,
  type RouteName,
  type RuleRow,
} from "../../../src/webmail/api/schema/index.ts";
import { EMPTY_DRAFT } from "../empty-draft.ts";
import { openReaderOffice, type Answer, type ReaderOffice } from "./reader-office.ts";

const NAMES = Object.keys(ROUTES) as RouteName[];
const ID = "a-draft-of-nobody";
const PLACE = { host: "127.0.0.1", port: 1, tls: "none", user: "anna", password: "secret" } as const;
const RULE: RuleRow = {
  id: "r",
  name: "r",
  isEnabled: true,
  match: "all",
  conditions: [{ field: "subject", test: "contains", value: "x" }],
  actions: [{ kind: "star" }],
  stops: false,
};

/** What each route would be asked by somebody who may. `account` stands for whichever is tried. */
const SAMPLES: (account: string) => { readonly [N in RouteName]: RouteInput<N> } = (account) => ({
  session: {},
  mailboxes: { account },
  list: { account, role: "inbox" },
  search: { account, q: "x" },
  conversation: { account, conversation: 1 },
  message: { account, messageId: 1 },
  imagesLoaded: { account, messageId: 1, part: "1" },
  act: { act: { kind: "star" }, on: [{ account, messageId: 1 }] },
  undo: { undo: "never-given" },
  emptyMailbox: { account, role: "trash", lastUid: 0, confirmed: true },
  settings: {},
  changeSettings: { theme: "dark" },
  trusted: {},
  trust: { trusted: [{ kind: "domain", value: "example.org" }] },
  distrust: { trusted: [{ kind: "domain", value: "example.org" }] },
  sources: {},
  discoverSource: { address: "nobody" },
  testSource: PLACE,
  addSource: { ...PLACE, account: "nobody", keep: { kind: "forever" }, first: { kind: "everything" }, octetsMax: null },
  changeSource: { source: "nobody", enabled: false },
  previewKeep: { source: "nobody", keep: { kind: "forever" } },
  removeSource: { source: "nobody" },
  checkSources: { source: "nobody" },
  pauseSource: { source: "nobody" },
  resumeSource: { source: "nobody" },
  answerSource: { source: "nobody", kind: "many", messages: 0, allow: true },
  serverMailbox: { source: "nobody" },
  downloadFromServer: { source: "nobody", uniqueIds: ["1"] },
  planRemoval: { source: "nobody", uniqueIds: ["1"] },
  removeFromServer: { source: "nobody", token: "never-given" },
  sourceAudit: { source: "nobody" },
  sourceLog: { source: "nobody" },
  identities: { account },
  saveIdentity: { account, address: "a@b.example", name: "", signature: "", isDefault: true, server: null },
  removeIdentity: { account, address: "a@b.example", version: 1 },
  testIdentity: { account, address: "a@b.example", server: { host: "127.0.0.1", port: 1, tls: "none" } },
  drafts: { account },
  draft: { account, draft: ID },
  beginDraft: { account, kind: "new" },
  saveDraft: { account, draft: ID, version: 0, fields: EMPTY_DRAFT },
  removeDraft: { account, draft: ID, version: 1 },
  removeAttachment: { account, draft: ID, attachment: ID },
  send: { account, draft: ID, version: 1 },
  outbox: { account },
  takeBack: { account, entry: ID },
  cancelSending: { account, entry: ID },
  fileSending: { account, entry: ID },
  retrySending: { account, entry: ID },
  removeUnreadable: { account, entry: ID, confirmed: true },
  completeAddress: { account, prefix: "a" },
  createMailbox: { account, name: "Mine" },
  renameMailbox: { account, mailbox: "Mine", to: "Yours" },
  removeMailbox: { account, mailbox: "Mine", confirmed: true },
  labels: { account },
  saveLabel: { account, name: "Work", colour: "blue" },
  removeLabel: { account, label: "work" },
  rules: { account },
  saveRules: { account, rules: [], version: 0 },
  countMatches: { account, rule: RULE },
  applyRule: { account, rule: RULE, confirmed: true },
  unsubscribe: { account, messageId: 1, by: "mail", confirmed: true },
  sendReceipt: { account, messageId: 1, confirmed: true },
});

/** Addresses that are no route of the table: octets, and the event stream. */
const OTHERS: readonly { readonly method: string; readonly path: string }[] = [
  ...CONTENT_PATHS.map((path) => ({
    method: "GET",
    path: path.replace(":account", "1").replace(":messageId", "1").replace(":part", "1"),
  })),
  { method: "POST", path: `/api/drafts/${ID}/attachments?account=1&name=a` },
  { method: "POST", path: "/api/import?account=1&format=eml" },
  { method: "GET", path: "/api/export?account=1&format=mbox&mailbox=INBOX" },
  { method: "GET", path: "/api/events" },
  { method: "GET", path: "/m/empty" },
];

let office: ReaderOffice;
let anna = "";
let disabled = "";
before(async () => {
  office = await openReaderOffice();
  anna = await office.account("anna");
  disabled = await office.account("gone");
  await office.deliver("anna", "Subject: Mine\n\nx\n");
  await office.deliver("gone", "Subject: Secret\n\nx\n");
  await office.house.office.house.store.directory.changeAccount(disabled, { disabled: true });
});
after(() => office.stop());

type Headers = Readonly<Record<string, string>>;

interface Made {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Headers;
}

/** The request as the reader's own page makes it. */
function own(name: RouteName, account = anna): Made {
  const { method, path, body } = requestOf(ROUTES[name], SAMPLES(account)[name]);
  const json = body === undefined ? {} : { origin: office.origin, "content-type": "application/json" };
  return { method, path, body, headers: { cookie: office.cookie, "sec-fetch-site": "same-origin", ...json } };
}

const codeOf = ({ status, text }: Answer): string => {
  try {
    return `${status} ${(JSON.parse(text) as { error: { code: string } }).error.code}`;
  } catch {
    return `${status} ${text.slice(0, 80)}`;
  }
};

async function send({ body, ...made }: Made, headers: Headers = {}): Promise<string> {
  const asked = { ...made, headers: { ...made.headers, ...headers } };
  return codeOf(await office.raw(body === undefined ? asked : { ...asked, body }));
}

function without({ headers, ...made }: Made, name: string): Made {
  return { ...made, headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)) };
}

/** Everything there is to ask for. */
function everything(): readonly (readonly [string, Made])[] {
  const headers = { cookie: office.cookie, "sec-fetch-site": "same-origin", origin: office.origin };
  return [
    ...NAMES.map((name): [string, Made] => [name, own(name)]),
    ...OTHERS.map((other): [string, Made] => [other.path, { ...other, body: undefined, headers }]),
  ];
}

test("nothing is there for a browser that was not let in, whatever it shows instead of a cookie", async () => {
  const [name = "", value = ""] = office.cookie.split("=", 2);
  for (const [what, made] of everything())
    for (const cookie of [
      "",
      `${name}=`,
      `${name}=${value}x`,
      `${name}=${value.split(".").slice(0, 2).join(".")}.`,
      `other=${value}`,
    ])
      assert.equal(await send(made, { cookie }), "401 no-session", `${what} ${cookie}`);
});

test("nothing is there under another name", async () => {
  for (const [what, made] of everything())
    for (const host of ["evil.example", `evil.example:${office.port}`, "127.0.0.1.nip.example", "0.0.0.0"]) {
      const answer = await send(made, { host, origin: `http://${host}` });
      assert.match(answer, /^(?:421 wrong-host|400 )/, `${what} as ${host}: ${answer}`);
    }
});

test("nothing is there for a page of another site", async () => {
  for (const [what, made] of everything()) {
    for (const site of ["cross-site", "same-site"])
      assert.equal(await send(made, { "sec-fetch-site": site }), "403 cross-site", `${what} ${site}`);
    for (const origin of ["null", "http://evil.example", `https://127.0.0.1:${office.port}`, "http://127.0.0.1:1"])
      assert.equal(await send(made, { origin }), "403 cross-site", `${what} ${origin}`);
  }
});

test("what changes something says where it comes from, and is what it should be", async () => {
  const changing = everything().filter(([, { method }]) => method !== "GET");
  for (const [what, made] of changing) {
    assert.equal(await send(without(made, "origin")), "403 cross-site", what);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
      assert.equal(
        await send({ ...made, body: made.body ?? "x" }, { "content-type": type }),
        "415 not-json",
        `${what} ${type}`,
      );
  }
});

test("a body of more than a mebibyte is refused by the length it says", async () => {
  for (const name of NAMES.filter((one) => ROUTES[one].method !== "GET"))
    assert.equal(await send(own(name), { "content-length": "1048577" }), "413 too-large", name);
});

test("what is misshapen is refused: no object, no JSON, a key nobody asked for", async () => {
  for (const name of NAMES) {
    const made = own(name);
    if (made.body === undefined) {
      const path = `${made.path}${made.path.includes("?") ? "&" : "?"}surprise=1`;
      assert.equal(await send({ ...made, path }), "400 bad-request", name);
      continue;
    }
    for (const body of [
      "[]",
      "1",
      '"x"',
      "{",
      "\u0000",
      `{"surprise":1,${made.body.slice(1).replace(/^\}$/, '"x":1}')}`,
    ])
      assert.equal(await send({ ...made, body }), "400 bad-request", `${name} ${body.slice(0, 20)}`);
  }
});

test("an account that is not there, or is closed, has nothing of any kind", async () => {
  for (const name of NAMES.filter((one) => JSON.stringify(SAMPLES("?")[one]).includes('"?"')))
    for (const account of ["77", disabled])
      assert.equal(await send(own(name, account)), "404 not-found", `${name} ${account}`);
  for (const { method, path } of OTHERS.filter((other) => /account=1|^\/m\/1/.test(other.path)))
    for (const account of ["77", disabled]) {
      const asked = path.replace("account=1", `account=${account}`).replace(/^\/m\/1/, `/m/${account}`);
      const headers = { cookie: office.cookie, origin: office.origin, "content-type": "application/octet-stream" };
      const body = method === "POST" ? "octets" : undefined;
      assert.equal(await send({ method, path: asked, body, headers }), "404 not-found", asked);
    }
});

test("of people those of an account alone are offered, and of all accounts none of one that is closed", async () => {
  const offered = async (account: string, prefix = "mi"): Promise<readonly string[]> => {
    const { addresses } = await office.ask("completeAddress", { account, prefix });
    return addresses.map(({ address }) => address).toSorted();
  };
  const people = { finn: "mina@harbour.example", gwen: "mira@hidden.example" };
  const [finn = "", gwen = ""] = await Promise.all(
    Object.entries(people).map(async ([name, address]) => {
      const account = await office.account(name);
      const messageId = await office.deliver(name, `From: ${address}\nSubject: x\n\nx\n`);
      // It waits for the index.
      await office.ask("message", { account, messageId });
      return account;
    }),
  );
  assert.deepEqual(await offered(finn), [people.finn]);
  assert.deepEqual(await offered(gwen), [people.gwen]);
  assert.deepEqual(await offered("all"), [people.finn, people.gwen]);
  assert.deepEqual(await offered(finn, "mi%' OR 1=1 --"), []);
  await office.house.office.house.store.directory.changeAccount(gwen, { disabled: true });
  assert.deepEqual(await offered("all"), [people.finn]);
  assert.deepEqual(await office.refused("completeAddress", { account: gwen, prefix: "mi" }), [404, "not-found"]);
});

test("a source that is not there has nothing of any kind", async () => {
  for (const name of NAMES.filter((one) => "source" in SAMPLES("1")[one]))
    assert.equal(await send(own(name)), "404 not-found", name);
});

test("no trick in a path leads anywhere else", async () => {
  const tricks = [
    "..",
    "%2e%2e",
    "..%2f..%2fpackage.json",
    "%2e%2e%2f",
    "a%2fb",
    "%00",
    "1%0d%0aSet-Cookie:%20x",
    "1;2",
    "1?x",
    "%F0%9F",
    "1'--",
  ];
  for (const name of NAMES) {
    const { method, path }: Route = ROUTES[name];
    if (!path.includes(":")) continue;
    for (const trick of tricks) {
      const asked = path.replaceAll(/:\w+/g, trick);
      const { headers, body } = own(name);
      const answer = await office.raw({ method, path: asked, headers, ...(body === undefined ? {} : { body }) });
      assert.ok(
        [400, 404, 405].includes(answer.status),
        `${name} ${asked}: ${answer.status} ${answer.text.slice(0, 80)}`,
      );
      assert.equal(answer.headers["set-cookie"], undefined);
    }
  }
  for (const path of CONTENT_PATHS)
    for (const trick of tricks) {
      const asked = path.replaceAll(/:\w+/g, trick);
      const answer = await office.load(asked);
      // What a URL itself leaves of dots may be the reader's own page, and nothing of a message.
      const isOwnPage = String(answer.headers["content-security-policy"]).includes("frame-src 'self'");
      assert.ok([400, 404].includes(answer.status) || isOwnPage, `${asked}: ${answer.status}`);
    }
});

test("names with everything in them change nothing but names, and nothing fails for them", async () => {
  for (const name of [
    "../../etc/passwd",
    "a/b",
    "a\u0000b",
    "a\r\nb",
    "\u202Egnp",
    "x".repeat(256),
    "é".repeat(200),
    "INBOX",
    "inbox",
  ]) {
    for (const made of [own("createMailbox"), own("list")]) {
      const asked: Made =
        made.body === undefined
          ? { ...made, path: `/api/list?account=${anna}&mailbox=${encodeURIComponent(name)}` }
          : { ...made, body: JSON.stringify({ account: anna, name }) };
      assert.doesNotMatch(await send(asked), /^5/, `${asked.path} ${JSON.stringify(name)}`);
    }
    const on = [{ account: anna, messageId: 1 }];
    const moved = await send({ ...own("act"), body: JSON.stringify({ act: { kind: "move", mailbox: name }, on }) });
    assert.doesNotMatch(moved, /^5/, JSON.stringify(name));
  }
});

test("a method an address does not have is not there", async () => {
  for (const [what, made] of everything()) {
    const answer = await send({ ...made, method: "PROPFIND", body: undefined }, { origin: office.origin });
    assert.match(answer, /^(?:404 not-found|400 |501 )/, `${what}: ${answer}`);
  }
});

test("what is one account's is nothing under the number of another", async () => {
  const ben = await office.account("ben");
  const mine: number[] = [];
  for (const word of ["one", "two", "three"])
    mine.push(await office.deliver("anna", `Subject: Only anna's ${word}\n\nx\n`));
  const messageId = mine.at(-1) ?? 0;
  const { conversation } = await office.ask("message", { account: anna, messageId });
  const on = [{ account: ben, messageId }];
  for (const refused of [
    office.refused("message", { account: ben, messageId }),
    office.refused("conversation", { account: ben, conversation }),
    office.refused("act", { act: { kind: "trash" }, on }),
    office.refused("act", { act: { kind: "delete", confirmed: true }, on }),
    office.refused("sendReceipt", { account: ben, messageId, confirmed: true }),
    office.refused("unsubscribe", { account: ben, messageId, by: "mail", confirmed: true }),
    office.refused("beginDraft", { account: ben, kind: "reply", messageId }),
  ])
    assert.deepEqual(await refused, [404, "not-found"]);
  for (const what of ["source", "eml", "print", "zip", "body/1", "part/1"])
    assert.equal((await office.load(`/m/${ben}/${messageId}/${what}`)).status, 404, what);

  // A place in a list of anna's leads nowhere in one of ben's.
  const { next } = await office.ask("list", { account: anna, view: "messages", limit: 1 });
  assert.notEqual(next, null);
  assert.deepEqual((await office.ask("list", { account: ben, view: "messages", after: next ?? "" })).rows, []);
  const found = await office.ask("search", { account: anna, q: "subject:only", limit: 1 });
  assert.deepEqual((await office.ask("search", { account: ben, q: "subject:only", after: found.next ?? "" })).rows, []);

  const draft = { account: anna, draft: "draft-of-anna" };
  const fields = {
    ...EMPTY_DRAFT,
    from: "anna@localhost",
    to: [{ name: "", address: "anna@localhost" }],
    subject: "Mine",
    text: "x",
  };
  const { version } = await office.ask("saveDraft", { ...draft, version: 0, fields });
  const stolen = { ...draft, account: ben };
  assert.deepEqual(await office.refused("draft", stolen), [404, "not-found"]);
  assert.equal((await office.refused("send", { ...stolen, version }))[0], 404);
  assert.notEqual((await office.refused("saveDraft", { ...stolen, version, fields }))[0], 200);
  await office.ask("removeDraft", { ...stolen, version }).catch(() => undefined);
  assert.equal((await office.ask("draft", draft)).subject, "Mine");

  const { id: entry } = await office.ask("send", { ...draft, version });
  for (const name of ["takeBack", "retrySending"] as const)
    assert.deepEqual(
      await office.refused(name, { account: ben, entry }),
      await office.refused(name, { account: ben, entry: "never-there" }),
      name,
    );
  assert.deepEqual((await office.ask("outbox", { account: ben })).entries, []);
  assert.equal((await office.ask("takeBack", { account: anna, entry })).subject, "Mine");
});
