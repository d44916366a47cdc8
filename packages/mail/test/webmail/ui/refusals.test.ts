// What the API refuses, as a person reads it: in the reader's own language wherever the API says why.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, notFound, refusalOf } from "../../../src/webmail/api/api-error.ts";
import { checked } from "../../../src/webmail/api/checked.ts";
import { ROUTES } from "../../../src/webmail/api/schema/index.ts";
import { pageWords } from "../../../src/webmail/api/web/page-words.ts";
import { CATALOGUE } from "../../../src/webmail/ui/words/catalogue.ts";
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

/** What no route takes, in every field it has. */
const WRONG_VALUES: readonly unknown[] = [null, 7.5, -1, true, "", "x".repeat(100_000), [], Array(2_000).fill({}), {}];

test("whatever a route is sent that it does not take is told by the catalogue, never in the checker's words", () => {
  const words = wordsIn("en", ["en"]);
  const told = new Map<string, number>();
  for (const [name, { input }] of Object.entries(ROUTES)) {
    const fields = Object.keys("shape" in input ? input.shape : {});
    const wrong = [
      ...WRONG_VALUES,
      { made: "up" },
      ...fields.flatMap((field) => WRONG_VALUES.map((value) => ({ [field]: value }))),
    ];
    for (const one of wrong) {
      const issues = input.safeParse(one).error?.issues ?? [];
      if (issues.length === 0) continue;
      assert.throws(
        () => checked(input, one),
        (error) => {
          const refusal = received(error);
          const text = refusalText(words, refusal);
          for (const { message } of issues)
            assert.ok(!`${refusal.message} ${text}`.toLowerCase().includes(message.toLowerCase()), `${name}: ${text}`);
          assert.ok(Object.hasOwn(CATALOGUE, `refusal.${refusal.reason}`), `${name}: ${refusal.message}`);
          told.set(String(refusal.reason), (told.get(String(refusal.reason)) ?? 0) + 1);
          return true;
        },
      );
    }
  }
  assert.deepEqual([...told.keys()].toSorted(), ["too-long", "too-many", "wrong-input"]);
});

test("a search that is too long is told how long it may be", () => {
  assert.throws(
    () => checked(ROUTES.search.input, { account: "all", q: "x".repeat(1_001) }),
    (error) => {
      assert.equal(
        refusalText(wordsIn("en", ["en"]), received(error)),
        "This is too long: it may have 1,000 characters. Shorten it.",
      );
      return true;
    },
  );
});

test("whoever is not signed in is told how to get a new address, as the server's own page tells it", () => {
  for (const text of [
    pageWords("en").noSession.paragraphs.join(),
    CATALOGUE["refusal.not-let-in"],
    CATALOGUE["app.signed-out.more"],
  ])
    assert.match(text, /type: `?restante open`? — it prints a fresh address to open here\./);
});
