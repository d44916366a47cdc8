import assert from "node:assert/strict";
import { test } from "node:test";
import { isCharacter, KEYMAP, lookUp, strokeOf } from "../../../src/webmail/ui/keys/keymap.ts";

const NONE = { code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

const STROKES: readonly (readonly [string, Parameters<typeof strokeOf>[0]])[] = [
  ["j", { ...NONE, key: "j" }],
  ["J", { ...NONE, key: "J", shiftKey: true }],
  ["#", { ...NONE, key: "#", shiftKey: true }],
  ["Shift+Delete", { ...NONE, key: "Delete", shiftKey: true }],
  ["Shift+F6", { ...NONE, key: "F6", shiftKey: true }],
  ["Ctrl+z", { ...NONE, key: "z", ctrlKey: true }],
  ["Ctrl+z", { ...NONE, key: "z", metaKey: true }],
  // Redo, for most who press it: it undoes nothing.
  ["Ctrl+Shift+z", { ...NONE, key: "Z", ctrlKey: true, shiftKey: true }],
  ["Alt+i", { ...NONE, key: "i", altKey: true }],
  // As a Mac says Option+I, to whom the key is half of "î" or "ˆ"; and what Alt+I is on a Russian keyboard.
  ["Alt+i", { ...NONE, key: "Dead", code: "KeyI", altKey: true }],
  ["Alt+i", { ...NONE, key: "ˆ", code: "KeyI", altKey: true }],
  ["Alt+i", { ...NONE, key: "ш", code: "KeyI", altKey: true }],
  // Letters elsewhere on other keyboards are the letters they say they are.
  ["Alt+i", { ...NONE, key: "i", code: "KeyG", altKey: true }],
  ["j", { ...NONE, key: "j", code: "KeyC" }],
  ["Alt+Enter", { ...NONE, key: "Enter", code: "Enter", altKey: true }],
];

for (const [stroke, pressed] of STROKES) {
  test(`${JSON.stringify(pressed)} is ${stroke}`, () => assert.equal(strokeOf(pressed), stroke));
}

test("no key does two things, and none is both a command and the beginning of others", () => {
  const keys = KEYMAP.flatMap((row) => row.keys);
  assert.equal(new Set(keys).size, keys.length);
  const begins = new Set(keys.filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]));
  assert.deepEqual(
    keys.filter((key) => begins.has(key)),
    [],
  );
});

test("a sequence is looked up by both strokes, and a wrong second stroke counts by itself", () => {
  assert.equal(lookUp(null, "g"), "begins");
  const inbox = lookUp("g", "i");
  assert.equal(typeof inbox === "object" && inbox.command, "go-inbox");
  const next = lookUp("g", "j");
  assert.equal(typeof next === "object" && next.command, "next");
});

test("with letters switched off a list is still walked, opened and left by keys", () => {
  const opened = KEYMAP.filter(({ keys }) => keys.some((key) => !key.includes(" ") && !isCharacter(key)));
  for (const command of ["open", "back", "trash", "delete", "undo", "next-pane"])
    assert.ok(
      opened.some((row) => row.command === command),
      command,
    );
  for (const key of ["j", "#", "é", "😀"]) assert.ok(isCharacter(key), key);
});

test("what works inside fields is no character alone", () => {
  for (const row of KEYMAP.filter(({ isAlways }) => isAlways === true))
    for (const key of row.keys) assert.ok(key.length > 1, key);
});
