import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "smol-toml";
import { changeSource, removeSource } from "../../src/config/index.ts";

const DOCUMENT = `# my mail
pop_delete = "trash 30d" # keep

[source.work] # the office
host = "pop.example.org"
user = "me"
password = { file = "work.password" }
account = "anna"
server = { keep = "14d", delete_min_age = "1h" }

[source.home]
host = "pop.example.net"
user = "me"
password = { file = "home.password" }
account = "anna"
[source.home.server]
keep = "forever"
`;

/** The parser's tables have no prototype. */
function plain(document: string | undefined): unknown {
  return JSON.parse(JSON.stringify(parse(document ?? "")));
}

test("a change of one source leaves everything else as it was written", () => {
  const changed = changeSource(DOCUMENT, "work", { keep: "forever", deleteWhenDeletedLocally: true, everyMs: 600_000 });
  const { source } = plain(changed) as { source: Record<string, Record<string, unknown>> };
  assert.deepEqual(source["work"]?.["server"], {
    keep: "forever",
    delete_min_age: "1h",
    delete_when_deleted_locally: true,
  });
  assert.equal(source["work"]?.["every"], "10m");
  assert.deepEqual(source["home"], (plain(DOCUMENT) as { source: Record<string, unknown> }).source["home"]);
  for (const comment of ["# my mail", "# keep", "# the office"]) assert.ok(changed?.includes(comment), comment);
});

test("a table of its own is changed in its place", () => {
  assert.match(changeSource(DOCUMENT, "home", { keep: { ms: 0 } }) ?? "", /^\[source\.home\.server\]\nkeep = "0"$/m);
});

test("a pin is written for one source, and taken out of it whatever the defaults pin", () => {
  const [one, other] = ["A", "B"].map((letter) => Array.from({ length: 32 }, () => letter + letter).join(":"));
  const pins = (document: string | undefined): unknown =>
    Object.values((plain(document) as { source: Record<string, Record<string, unknown>> }).source).map(
      ({ pin }) => pin,
    );
  const pinned = changeSource(DOCUMENT, "work", { pin: one ?? "" });
  assert.deepEqual(pins(pinned), [[one], undefined]);
  // What is trusted already, with its comments, was written by whoever knows why.
  for (const written of [`"${one}"`, `[\n  "${one}", # theirs\n]`]) {
    const byHand = DOCUMENT.replace("[source.home]", `pin = ${written}\n\n[source.home]`);
    const both = changeSource(byHand, "work", { pin: other ?? "" });
    assert.deepEqual(pins(both), [[one, other], undefined]);
    assert.equal(both?.includes("# theirs"), byHand.includes("# theirs"));
    assert.deepEqual(pins(changeSource(both ?? "", "work", { pin: one ?? "" })), [[one, other], undefined]);
  }
  assert.deepEqual(plain(changeSource(pinned ?? "", "work", { pin: null })), plain(DOCUMENT));
  const byDefault = `${pinned}\n[defaults]\npin = ["${other}"]\n`;
  assert.deepEqual(pins(changeSource(byDefault, "work", { pin: null })), [[], undefined]);
});

test("a source that is taken out is gone with its tables, the last one with all of them", () => {
  const one = removeSource(DOCUMENT, "home") ?? "";
  assert.doesNotMatch(one, /source\.home|pop\.example\.net/);
  assert.deepEqual(plain(removeSource(one, "work")), { pop_delete: "trash 30d" });
});

test("a source that is not in the document is not changed", () => {
  assert.equal(changeSource(DOCUMENT, "other", { enabled: false }), undefined);
  assert.equal(removeSource(DOCUMENT, "constructor"), undefined);
  assert.equal(changeSource("", "work", {}), undefined);
});
