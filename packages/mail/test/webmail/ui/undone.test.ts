// What a person reads once an act was taken back, or could not be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_TRIED, undoneToast } from "../../../src/webmail/ui/acts/undone.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const toast = (tried: Partial<typeof NOTHING_TRIED>) =>
  undoneToast(wordsIn("en", ["en"]), "Archived", { ...NOTHING_TRIED, ...tried });

test("what is taken back is said so, and only of what was", () => {
  assert.deepEqual(toast({ changed: 1 }), { text: "Taken back: Archived", tone: "plain" });
  assert.deepEqual(toast({ changed: 2, left: 1 }), {
    text: "Taken back in part: Archived. 1 message was moved since and stays where it is.",
    tone: "trouble",
  });
  assert.deepEqual(toast({ changed: 2, gone: 3 }), {
    text: "Taken back in part: Archived. 3 messages were deleted for good since.",
    tone: "trouble",
  });
  assert.deepEqual(toast({ gone: 1 }), { text: "1 message was deleted for good since.", tone: "trouble" });
});
