import assert from "node:assert/strict";
import { test } from "node:test";
import { requestOf, ROUTES } from "../../../src/webmail/api/schema/index.ts";
import { Refusal, refusalIn } from "../../../src/webmail/ui/data/refusal.ts";
import { PATHS } from "../../../src/webmail/ui/data/routes.ts";

test("parts of the path are taken from the input, the rest of a GET is its query", () => {
  assert.deepEqual(requestOf(PATHS.message, { account: "1", messageId: 7 }), {
    method: "GET",
    path: "/api/accounts/1/messages/7",
    body: undefined,
  });
  assert.equal(
    requestOf(PATHS.search, { account: "all", q: "a&b", after: undefined }).path,
    "/api/search?account=all&q=a%26b",
  );
});

test("what changes something is JSON, and its path cannot be broken out of", () => {
  assert.deepEqual(requestOf(PATHS.pauseSource, { source: "../x" }), {
    method: "POST",
    path: "/api/sources/..%2Fx/pause",
    body: "{}",
  });
});

test("the reader's table of paths is the server's", () => {
  const theirs = Object.entries(ROUTES).map(([name, { method, path }]) => [name, { method, path }]);
  assert.deepEqual(PATHS, Object.fromEntries(theirs));
});

test("a refusal is known by its form alone", () => {
  assert.deepEqual(
    refusalIn({ error: { code: "gone", message: "too late" } }, 410),
    new Refusal("gone", "too late", 410),
  );
  for (const body of [undefined, null, "error", { error: "x" }, { error: { code: "x" } }])
    assert.equal(refusalIn(body, 500), undefined);
});
