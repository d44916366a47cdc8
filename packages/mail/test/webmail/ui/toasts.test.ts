// One toast is shown, and what can be taken back is kept in order behind it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dismissToast, showNamedToast, showToast, undoLast } from "../../../src/webmail/ui/acts/toasts.ts";

test("what was done last is taken back first, shown or not, and each once", () => {
  const back: string[] = [];
  const act = (name: string): void => showToast({ text: name, tone: "plain", undo: () => back.push(name) });
  act("first");
  act("second");
  showToast({ text: "something else", tone: "plain" });
  act("third");
  while (undoLast());
  assert.deepEqual(back, ["third", "second", "first"]);
});

test("another toast does not make it too late; sending its own away does", () => {
  const told: string[] = [];
  const id = showNamedToast({
    text: "removed",
    tone: "plain",
    undo: () => told.push("undone"),
    onGone: () => told.push("gone"),
  });
  showToast({ text: "something else", tone: "plain" });
  assert.deepEqual(told, []);
  dismissToast(id);
  assert.deepEqual(told, ["gone"]);
  assert.deepEqual(undoLast(), { kind: "too-late", what: "removed", next: undefined });
  assert.equal(undoLast(), undefined);
});

test("an act on messages is taken back when its toast is gone too, and of very many the last fifty", () => {
  const back: number[] = [];
  for (let n = 1; n <= 60; n += 1) {
    const undo = (): void => void back.push(n);
    dismissToast(showNamedToast({ text: "archived", tone: "plain", undo, isUndoneLong: true }));
  }
  while (undoLast());
  assert.deepEqual([back.length, back[0], back.at(-1)], [50, 60, 11]);
});

test("a moment too late for the last act, the one before is left alone until it is asked once more", () => {
  const back: string[] = [];
  const act = (name: string, isUndoneLong: boolean): number =>
    showNamedToast({ text: name, tone: "plain", undo: () => back.push(name), isUndoneLong });
  dismissToast(act("archived", true));
  dismissToast(act("sending", false));
  assert.deepEqual(undoLast(), { kind: "too-late", what: "sending", next: "archived" });
  assert.deepEqual(back, []);
  assert.deepEqual(undoLast(), { kind: "undone", what: "archived" });
  assert.deepEqual(back, ["archived"]);
});

test("what was done since is taken back at once, whatever it is too late for", () => {
  const back: string[] = [];
  const undo = (name: string) => ({ text: name, tone: "plain" as const, undo: () => back.push(name) });
  const sending = showNamedToast(undo("sending"));
  const starred = showNamedToast({ ...undo("starred"), isUndoneLong: true });
  dismissToast(sending);
  dismissToast(starred);
  assert.deepEqual(undoLast(), { kind: "undone", what: "starred" });
});

test("what changed nothing is what is meant as long as it is told, and what was done before waits to be asked once more", () => {
  const back: string[] = [];
  const unchanged = (): number => showNamedToast({ text: "so already", tone: "plain", changedNothing: true });
  assert.equal(undoLast(), undefined);
  unchanged();
  assert.equal(undoLast(), undefined);
  showToast({ text: "archived", tone: "plain", undo: () => back.push("archived"), isUndoneLong: true });
  unchanged();
  assert.deepEqual(undoLast(), { kind: "nothing", next: "archived" });
  assert.deepEqual(back, []);
  assert.deepEqual(undoLast(), { kind: "undone", what: "archived" });
  dismissToast(unchanged());
  assert.equal(undoLast(), undefined);
});

test("what nothing takes back is what is meant until something else is done, and what was done before waits to be asked once more", () => {
  const back: string[] = [];
  const act = (name: string): number =>
    showNamedToast({ text: name, tone: "plain", undo: () => back.push(name), isUndoneLong: true });
  const final = (): number => showNamedToast({ text: "deleted for good", tone: "plain", isFinal: true });
  dismissToast(final());
  assert.deepEqual(undoLast(), { kind: "final", what: "deleted for good", next: undefined });
  assert.equal(undoLast(), undefined);
  act("archived");
  final();
  assert.deepEqual(undoLast(), { kind: "final", what: "deleted for good", next: "archived" });
  assert.deepEqual(back, []);
  assert.deepEqual(undoLast(), { kind: "undone", what: "archived" });
  act("archived again");
  dismissToast(final());
  act("starred");
  assert.deepEqual(undoLast(), { kind: "undone", what: "starred" });
  assert.deepEqual(undoLast(), { kind: "final", what: "deleted for good", next: "archived again" });
  assert.deepEqual(undoLast(), { kind: "undone", what: "archived again" });
});
