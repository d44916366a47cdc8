// What collecting says to a person: sentences of the reader's own, in its language, with a server's words only in quotes.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADVICES,
  CLOCKS,
  PROVIDER_ADVICE,
  REASONS,
  SOURCE_WARNINGS,
  TROUBLES,
} from "../../../src/webmail/api/schema/troubles.ts";
import type { Trouble } from "../../../src/webmail/api/schema/index.ts";
import {
  questionText,
  removalText,
  sourceTroubleText,
  troubleText,
  warningText,
} from "../../../src/webmail/ui/words/collect-text.ts";
import { ADVICE_WORDS, COLLECT_WORDS, WHY_WORDS } from "../../../src/webmail/ui/words/collect-words.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const english = wordsIn("en", ["en-GB"]);
const pseudo = wordsIn("pseudo", ["en-GB"]);
const NOW = Date.UTC(2026, 5, 1, 12);

const trouble = (of: Partial<Trouble>): Trouble => ({
  code: "NETWORK",
  values: {},
  reply: "",
  certificate: null,
  words: "the connection was lost",
  advice: [],
  ...of,
});
const nothing = { got: null, nextRunAt: null };

test("a mailbox that is in use, a dropped connection and a full disk are said in plain words, with what happens next", () => {
  assert.equal(
    sourceTroubleText(english, trouble({ code: "MAILBOX_BUSY" }), { got: null, nextRunAt: NOW + 120_000 }, NOW),
    "Another program is reading this mailbox; trying again in 2 min",
  );
  assert.equal(
    sourceTroubleText(english, trouble({ code: "TRUNCATED" }), { got: { n: 311, of: 400 }, nextRunAt: NOW }, NOW),
    "Got 311 of 400; the rest comes next time, nothing is lost. The connection was lost",
  );
  assert.equal(
    sourceTroubleText(english, trouble({ code: "low-space", values: { least: 1_000_000_000 } }), nothing, NOW),
    "Less than 1 GB is free on this computer’s disk. Nothing is collected until there is room; what is on the server stays there",
  );
  assert.equal(
    troubleText(english, trouble({ code: "AUTH_REJECTED", reply: "-ERR [AUTH] web login required" })),
    "The server does not take this name and password (“-ERR [AUTH] web login required”)",
  );
});

test("no text for a browser names a command or a key of the configuration", () => {
  for (const [id, text] of Object.entries(COLLECT_WORDS))
    assert.doesNotMatch(text, /restante |--\w|server\.keep|tls =|every =|max_size|\bDELE\b|\bRETR\b/, id);
});

test("what goes from its server goes on a day, also when that is today", () => {
  const now = new Date(2026, 5, 1, 12).getTime();
  const days = [new Date(2026, 5, 1, 18, 30), new Date(2026, 5, 2, 0, 5), new Date(2027, 0, 4)];
  assert.deepEqual(
    days.map((day) => removalText(english, day.getTime(), now)),
    ["will go today", "will go on 2 Jun", "will go on 04/01/2027"],
  );
});

test("everything there is to say is said in another language, and nothing of it in English", () => {
  const texts = [
    ...TROUBLES.map((code) => troubleText(pseudo, trouble({ code, words: "ENGLISH" }))),
    ...ADVICES.map((one) => pseudo.say(ADVICE_WORDS[one])),
    ...REASONS.map((one) => pseudo.say(WHY_WORDS[one])),
    ...PROVIDER_ADVICE.map((one) => pseudo.say(`note.${one}`)),
    ...SOURCE_WARNINGS.map((code) =>
      warningText(pseudo, {
        code,
        words: "ENGLISH",
        values: { days: 7, seconds: 9, count: 2, endpoint: "x", why: "y", message: "z", others: 2 },
      }),
    ),
    ...CLOCKS.map((clock) => questionText(pseudo, { kind: "clock", clock, days: 2, messages: 3, words: "ENGLISH" })),
    questionText(pseudo, { kind: "many", going: 30, listed: 40, messages: 30, words: "ENGLISH" }),
    questionText(pseudo, { kind: "restored", what: "server", messages: 1, words: "ENGLISH" }),
    questionText(pseudo, { kind: "migration", gone: 1, came: 2, adopted: 0, messages: 2, words: "ENGLISH" }),
  ];
  // The pseudo language has no plain a, e or o in a word of its own.
  for (const text of texts) assert.doesNotMatch(text, /ENGLISH|\b[a-z]*[aeo][a-z]*[aeo][a-z]*\b/, text);
});

test("questions say what is asked in numbers", () => {
  assert.equal(
    questionText(english, { kind: "many", going: 30, listed: 1_204, messages: 30, words: "" }),
    "Remove 30 messages of 1,204 from the server in one go?",
  );
  assert.equal(
    questionText(english, { kind: "clock", clock: "set-back", days: 1, messages: 1, words: "" }),
    "This computer’s clock was set back by a day. Remove 1 message from the server all the same?",
  );
});
