// What the API refuses, as a person reads it: in the reader's own language wherever the API says why.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, notFound, refusalOf } from "../../../src/webmail/api/api-error.ts";
import { SubmissionError } from "../../../src/submission/index.ts";
import { refusalText } from "../../../src/webmail/ui/data/refusal-text.ts";
import { type Refusal, refusalIn } from "../../../src/webmail/ui/data/refusal.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

/** As it travels. */
function received(error: unknown): Refusal {
  const { code, message, reason, values } = refusalOf(error);
  const found = refusalIn(JSON.parse(JSON.stringify({ error: { code, message, reason, values } })), 400);
  assert.ok(found !== undefined);
  return found;
}

test("a refusal that says why is said by the catalogue, with its values", () => {
  const words = wordsIn("en", ["en"]);
  const full = new ApiError("refused", "an account has at most 100 labels", {
    reason: "labels-full",
    values: { max: 100 },
  });
  assert.equal(refusalText(words, received(full)), "An account has at most 100 labels. Remove one first.");
  assert.equal(
    refusalText(words, received(new SubmissionError("bad-address", "x is not a mail address", { address: "x" }))),
    "“x” is not a mail address. Correct it or remove it.",
  );
  assert.equal(
    refusalText(words, received(notFound("message"))),
    "There is no such message. It may have been removed meanwhile.",
  );
});

test("in another language it is in that language, whatever the API wrote", () => {
  const text = refusalText(wordsIn("pseudo", []), received(notFound("account")));
  assert.doesNotMatch(text, /account/);
});

test("what quotes somebody else is shown as it was said, as a sentence", () => {
  const quoting = new ApiError("refused", "the server said: -ERR go away");
  assert.equal(refusalText(wordsIn("en", []), received(quoting)), "The server said: -ERR go away.");
});

test("a reason this page does not know leaves the API's own sentence, and never a hole", () => {
  for (const reason of ["made-up", "toString", "__proto__", ""]) {
    const newer = refusalIn({ error: { code: "refused", message: "no more today", reason, values: null } }, 422);
    assert.equal(refusalText(wordsIn("en", []), newer), "No more today.");
  }
});
