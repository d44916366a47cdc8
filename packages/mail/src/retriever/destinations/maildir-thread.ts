// The thread that writes the files of a Maildir. From here calls of the system are made in place, which costs a tenth
// of what promises cost, and a slow disk holds up nobody else. What is there at one time is synced side by side, so that
// the file system commits it together, and one sync of the folder makes all its names durable.
import { closeSync, fsync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { withCrlf } from "./line-ends.ts";
import type { MaildirReport, MaildirThreadData, NumberedOrder, OrderAnswer, OrderFailure } from "./maildir-orders.ts";

const FILE_MODE = 0o600;
const BLOCK_OCTETS = 65_536;
const GROUP_MAX = 64;

if (parentPort === null) throw new Error("to be run as a worker thread");
const port = parentPort;
const { inbox, gate } = workerData as MaildirThreadData;

/** Those that are open, by their paths in tmp. */
const files = new Map<string, { fd: number; octets: number }>();
/** Handed over and in no group yet, in order. */
const queued: NumberedOrder[] = [];
let isAtWork = false;
let isClosing = false;
let passed = 0;

type Message = readonly NumberedOrder[] | "close";

port.on("message", (message: Message) => {
  take(message);
  if (!isAtWork) void work();
});

function take(message: Message): void {
  if (message === "close") isClosing = true;
  else queued.push(...message);
}

async function work(): Promise<void> {
  isAtWork = true;
  for (let group = nextGroup(); group.length > 0; group = nextGroup()) await carryOut(group);
  isAtWork = false;
  if (isClosing) port.close();
}

/** What is there by now. */
function nextGroup(): readonly NumberedOrder[] {
  for (let next = receive(); next !== undefined; next = receive()) take(next.message);
  return queued.splice(0, gate === undefined ? GROUP_MAX : 1);
}

function receive(): { readonly message: Message } | undefined {
  return receiveMessageOnPort(port) as { readonly message: Message } | undefined;
}

async function carryOut(group: readonly NumberedOrder[]): Promise<void> {
  const failures = new Map<number, OrderFailure>();
  const octets = new Map<number, number>();
  const attempt = (id: number, run: () => void): void => {
    try {
      run();
    } catch (error) {
      failures.set(id, failureOf(error));
    }
  };
  for (const { id, order } of group) attempt(id, () => void octets.set(id, begin(order)));
  const entering = group.flatMap(({ id, order }) =>
    order.kind === "enter" && !failures.has(id) ? [{ id, order }] : [],
  );
  if (entering.length > 0) step("maildir-written");
  await Promise.all(
    entering.map(async ({ id, order: { file } }) => {
      const failure = await sync(file);
      if (failure !== undefined) failures.set(id, failure);
    }),
  );
  if (entering.length > 0) step("maildir-synced");
  const synced = entering.filter(({ id }) => !failures.has(id));
  for (const { id, order } of synced) attempt(id, () => renameSync(order.file, order.to));
  if (synced.length > 0) step("maildir-renamed");
  const named = group.filter(({ id, order: { kind } }) => (kind === "enter" || kind === "known") && !failures.has(id));
  const failure = named.length === 0 ? undefined : syncInbox();
  if (failure !== undefined) for (const { id } of named) failures.set(id, failure);
  if (named.length > 0) step("maildir-durable");
  const answers = group.map(({ id }): OrderAnswer => ({ id, octets: octets.get(id) ?? 0, failure: failures.get(id) }));
  report({ kind: "answers", answers });
}

/** As much of an order as needs no sync. Answers how many octets the file has. */
function begin(order: NumberedOrder["order"]): number {
  switch (order.kind) {
    case "write":
    case "enter":
      return append(order.file, order.octets);
    case "with-crlf":
      return rewrite(order.file);
    case "known":
    case "discard":
      discard(order.file);
      return 0;
  }
}

function append(path: string, octets: Uint8Array): number {
  const file = files.get(path) ?? create(path);
  files.set(path, file);
  writeAll(file.fd, octets);
  return (file.octets += octets.length);
}

function create(path: string): { fd: number; octets: number } {
  return { fd: openSync(path, "wx+", FILE_MODE), octets: 0 };
}

/** Each block changed; blocks are cut anywhere. */
function rewrite(path: string): number {
  const old = files.get(path) ?? create(path);
  const other = `${path}.rewritten`;
  const file = create(other);
  try {
    const block = Buffer.alloc(BLOCK_OCTETS);
    for (let at = 0; at < old.octets;) {
      const read = readSync(old.fd, block, 0, block.length, at);
      if (read === 0) throw new Error(`${path} became shorter`);
      const changed = withCrlf(block.subarray(0, read));
      writeAll(file.fd, changed);
      file.octets += changed.length;
      at += read;
    }
    renameSync(other, path);
  } catch (error) {
    closeSync(file.fd);
    rmSync(other, { force: true });
    throw error;
  }
  closeSync(old.fd);
  files.set(path, file);
  return file.octets;
}

function writeAll(fd: number, octets: Uint8Array): void {
  for (let at = 0; at < octets.length;) at += writeSync(fd, octets, at);
}

/** Many at once: through the pool. No second try after a failed one: it may claim success for octets the kernel has dropped. */
function sync(path: string): Promise<OrderFailure | undefined> {
  const { fd } = files.get(path) as { fd: number };
  return new Promise((resolve) => {
    fsync(fd, (error) => {
      if (error !== null) return resolve(failureOf(error));
      files.delete(path);
      try {
        closeSync(fd);
        resolve(undefined);
      } catch (closing) {
        resolve(failureOf(closing));
      }
    });
  });
}

function syncInbox(): OrderFailure | undefined {
  try {
    const fd = openSync(inbox, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

function discard(path: string): void {
  const file = files.get(path);
  files.delete(path);
  if (file !== undefined) closeSync(file.fd);
  rmSync(path, { force: true });
}

function failureOf(error: unknown): OrderFailure {
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  return { message, code, syscall };
}

/** Where somebody watches, the thread stops until it has been looked at. */
function step(name: string): void {
  if (gate === undefined) return;
  report({ kind: "step", step: name });
  Atomics.wait(gate, 0, passed);
  passed += 1;
}

function report(what: MaildirReport): void {
  port.postMessage(what);
}
