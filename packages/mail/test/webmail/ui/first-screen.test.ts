// What is asked for before the first screen is drawn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryClient } from "@tanstack/react-query";
import { requestOf } from "../../../src/webmail/api/schema/request.ts";
import { askEarly, takeEarly } from "../../../src/webmail/ui/data/early.ts";
import { askFirst } from "../../../src/webmail/ui/data/first-asked.ts";
import { firstScreenOf } from "../../../src/webmail/ui/data/first-screen.ts";
import { PATHS } from "../../../src/webmail/ui/data/routes.ts";

const COUNTS = requestOf(PATHS.mailboxes, { account: "all" }).path;
const CHOSEN = { opens: "all", view: "conversations" };

test("what a first answer was not used for is asked anew, and not answered out of what is old", async () => {
  askEarly("#/all/inbox", CHOSEN);
  assert.notEqual(takeEarly(COUNTS), undefined);
  askEarly("#/all/inbox", CHOSEN);
  // No server is reached from here: the first question is refused, and the others are asked by nobody.
  await assert.rejects(askFirst(new QueryClient(), "#/all/inbox"));
  assert.equal(takeEarly(COUNTS), undefined);
});

test("an empty fragment is the inbox of what opens; a screen without a list asks for none", () => {
  const first = firstScreenOf("", { opens: "7", conversations: false });
  assert.deepEqual([first?.scope, first?.question.scope, first?.question.view], ["7", "7", "messages"]);
  assert.equal(firstScreenOf("#/7/starred", { opens: "all", conversations: true })?.scope, "7");
  assert.equal(firstScreenOf("#/outbox", { opens: "all", conversations: true }), undefined);
});
