import assert from "node:assert/strict";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import type { Io } from "../../src/cli/io.ts";
import { Progress } from "../../src/cli/progress.ts";

function screen(o: { readonly isTTY: boolean }): { readonly io: Io; readonly written: string[] } {
  const written: string[] = [];
  const terminal = new Writable({
    write: (chunk: Buffer, _encoding, done) => (written.push(chunk.toString()), done()),
  });
  const stderr = Object.assign(terminal, { isTTY: o.isTTY, columns: 40 });
  return { io: { stdin: Readable.from([]), stdout: new PassThrough(), stderr, env: {} }, written };
}

test("what is said once is shown when a second has passed, and taken away at the end", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { io, written } = screen({ isTTY: true });
  const progress = new Progress(io);
  progress.show("examining");
  progress.show(`examining ${"x".repeat(60)}`);
  context.mock.timers.tick(999);
  assert.deepEqual(written, []);
  context.mock.timers.tick(1);
  assert.deepEqual(written, [`\r\u001b[Kexamining ${"x".repeat(29)}`]);
  progress.clear();
  assert.equal(written.at(-1), "\r\u001b[K");
});

test("what ends within a second, and what nobody looks at, shows nothing", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  for (const isTTY of [true, false]) {
    const { io, written } = screen({ isTTY });
    const progress = new Progress(io);
    progress.show("examining");
    if (isTTY) progress.clear();
    context.mock.timers.tick(10_000);
    progress.clear();
    assert.deepEqual(written, []);
  }
});
