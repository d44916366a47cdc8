// What is looked at and stays where it is: `list`, `top`, `capa`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MESSAGES, pop } from "./pop-peer.ts";

test("list prints number, octets and unique-id of each message", async () => {
  const { code, stdout, stderr } = await pop("list", []);
  assert.equal(stderr, "");
  assert.deepEqual(
    [code, stdout],
    [0, "number  octets  unique-id\n     1      32  id-1\n     2      51  id-2\n     3      41  id-3\n"],
  );
});

test("list --json has the sum, and whether the listings were in order", async () => {
  const { stdout } = await pop("list", ["--json"], { messages: MESSAGES.slice(0, 1) });
  assert.deepEqual(JSON.parse(stdout), {
    count: 1,
    octets: 32,
    isComplete: true,
    messages: [{ n: 1, octets: 32, uniqueId: "id-1" }],
  });
});

test("list warns of unique-ids that several messages share", async () => {
  const { code, stderr } = await pop("list", [], { messages: MESSAGES.map((one) => ({ ...one, uniqueId: "same" })) });
  assert.deepEqual([code, stderr], [0, "restante: warning: several messages share a unique-id: same\n"]);
});

test("top prints header and lines of the body of several messages", async () => {
  const { stdout, commands } = await pop("top", ["2-", "--lines", "1"]);
  assert.equal(stdout, "Subject: two\r\nX-Long: yes\r\n\r\nfirst\r\nSubject: three\r\n\r\nlast line without end\r\n");
  assert.ok(commands.includes("TOP 2 1"));
  const json = (await pop("top", ["2-", "--json"])).stdout;
  assert.deepEqual(JSON.parse(json), {
    messages: [
      { n: 2, octets: 51, uniqueId: "id-2", text: "Subject: two\r\nX-Long: yes\r\n\r\n" },
      { n: 3, octets: 41, uniqueId: "id-3", text: "Subject: three\r\n\r\n" },
    ],
  });
  assert.deepEqual(JSON.parse((await pop("top", ["--all", "--json"], { messages: [] })).stdout), { messages: [] });
});

test("top retrieves no message where the server has no TOP: it says so, and what to do", async () => {
  const { code, stdout, stderr, commands } = await pop("top", ["1"], { without: ["TOP"] });
  assert.deepEqual([code, stdout, commands.filter((one) => one.startsWith("RETR"))], [76, "", []]);
  assert.match(
    stderr,
    /^restante: 127\.0\.0\.1:\d+: the server gives no header without .*; restante pop get 1 fetches all of it.*\n$/,
  );
});

test("capa shows greeting and capabilities without logging in", async () => {
  const { code, stdout, commands } = await pop("capa", ["--json"]);
  const said = JSON.parse(stdout) as { readonly greeting: string; readonly beforeLogin: object; readonly tls: null };
  assert.equal(code, 0);
  assert.equal(said.greeting, "POP3 ready");
  assert.equal(said.tls, null);
  assert.ok("UIDL" in said.beforeLogin);
  assert.deepEqual(commands.slice(0, 1), ["CAPA"]);
  assert.doesNotMatch(commands.join(" "), /USER|PASS|AUTH/);
});
