import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig, renderProblem } from "../../src/config/index.ts";
import { file, write } from "./configuration-file.ts";

type Keys = Readonly<Record<string, string | number | boolean | object>>;

/** What is warned of when these are configured. */
function warned(sources: Readonly<Record<string, Keys>>): readonly string[] {
  const tables = Object.entries(sources).map(([name, keys]) => {
    const all = { host: "pop.example.org", user: "anna", password: { env: "X" }, account: "anna", ...keys };
    return `[source.${name}]\n${Object.entries(all)
      .map(([key, value]) => `${key} = ${toml(value)}\n`)
      .join("")}`;
  });
  return loadConfig({ file: write(tables.join("")) }).warnings.map((warning) =>
    renderProblem(warning).replaceAll(file, "FILE"),
  );
}

function toml(value: Keys[string]): string {
  if (Array.isArray(value)) return `[${value.map((one) => toml(one as object)).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key} = ${JSON.stringify(inner)}`)
    .join(", ")} }`;
}

const TWICE =
  "FILE:6:2: source.b: a and b both collect the mailbox of anna at pop.example.org into store:anna, where its mail comes twice; leave one of the two out, or write enabled = false in it";

test("a mailbox that two sources collect into one account is warned of, in one line that names both", () => {
  assert.deepEqual(warned({ a: {}, b: {} }), [TWICE]);
});

test("neither port, letter case nor a final dot of the host make it another mailbox", () => {
  const port = { port: 110, tls: "stls-required" };
  assert.deepEqual(warned({ a: {}, b: port }), [TWICE]);
  for (const host of ["POP.Example.ORG", "pop.example.org."])
    assert.deepEqual(warned({ a: {}, b: { host } }), [TWICE.replace("pop.example.org", host)]);
  assert.equal(warned({ a: {}, b: { protocol: "pop2", allow_cleartext: true } }).length, 1);
  const [own, same] = [{ host: "localhost" }, { host: "127.0.0.1" }];
  assert.equal(warned({ a: own, b: same }).length, 1);
});

test("another user, host, account, mailbox or tunnel is another matter, and so is a source that is not enabled", () => {
  const others: readonly Keys[] = [
    { user: "Anna" },
    { host: "pop.example.net" },
    { account: "berta" },
    { mailbox: "Archive" },
    { enabled: false },
  ];
  for (const other of others) assert.deepEqual(warned({ a: {}, b: other }), [], JSON.stringify(other));
  const tunnel = { host: "127.0.0.1", tls: "none" };
  assert.deepEqual(warned({ a: { ...tunnel, port: 1110 }, b: { ...tunnel, port: 2110 } }), []);
  const old = { protocol: "pop2", allow_cleartext: true };
  assert.deepEqual(warned({ a: old, b: { ...old, remote_mailbox: "archive" } }), []);
});

test("copies in two places are warned of only where one source removes what the other has yet to collect", () => {
  const copy = { account: "berta" };
  const line =
    "FILE:6:2: source.b: a and b both collect the mailbox of anna at pop.example.org, and what one has removed there the other does not get; give one of them all the destinations, as tables [[source.a.deliver]], and leave the other out";
  assert.deepEqual(warned({ a: {}, b: copy }), []);
  assert.deepEqual(warned({ a: { server: { keep: "14d" } }, b: copy }), [line.replace(":6:", ":7:")]);
  assert.deepEqual(warned({ a: {}, b: { ...copy, server: { delete_when_deleted_locally: true } } }), [line]);
});

test("of several destinations one in common is enough, and each source is named once", () => {
  const both = { deliver: [{ to: "store:anna" }, { to: "maildir:M" }] };
  const maildir = { deliver: [{ to: "maildir:M" }], account: "berta" };
  const [line = "", ...more] = warned({ a: {}, b: both, c: maildir });
  assert.equal(line, TWICE);
  assert.equal(more.length, 1);
  assert.match(more[0] ?? "", /^FILE:12:2: source\.c: b and c both collect .* into maildir:\/\S+\/M, where/);
});
