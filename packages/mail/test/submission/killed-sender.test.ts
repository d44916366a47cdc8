// kill -9 of the process that sends, at every point of an attempt that a server can see.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter, on, once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../temporary-directory.ts";

type Step = "connect" | "MAIL" | "RCPT" | "DATA" | "in-data" | "dot-unanswered" | "dot-answered";

interface Server {
  readonly port: number;
  /** Messages answered with 250. */
  acknowledged: number;
  /** Emits "step" where it was asked to. */
  readonly events: EventEmitter;
}

/** Tells when an attempt is at `step`; holds its answer back there, but for `dot-answered`. Later attempts go through. */
async function server(context: TestContext, step: Step): Promise<Server> {
  const sockets = new Set<Socket>();
  const state: Server = { port: 0, acknowledged: 0, events: new EventEmitter() };
  let isFirst = true;
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    const stops = isFirst;
    isFirst = false;
    const at = (name: Step): boolean => {
      if (stops && step === name) state.events.emit("step");
      return stops && step === name;
    };
    if (at("connect")) return;
    socket.write("220 ready\r\n");
    let text = "";
    let inData = false;
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (inData) {
        if (text.length > 1_000 && at("in-data")) socket.pause();
        if (!text.endsWith("\r\n.\r\n")) return;
        inData = false;
        text = "";
        if (at("dot-unanswered")) return;
        state.acknowledged += 1;
        socket.write("250 taken\r\n");
        at("dot-answered");
        return;
      }
      for (let end = text.indexOf("\r\n"); end >= 0 && !inData; end = text.indexOf("\r\n")) {
        const word = text.slice(0, 4).toUpperCase();
        text = text.slice(end + 2);
        if (at(word as Step)) return;
        inData = word === "DATA";
        socket.write(inData ? "354 go on\r\n" : "250 ok\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  context.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => listening.close(() => resolve()));
  });
  return Object.assign(state, { port: (listening.address() as AddressInfo).port });
}

/** What a process says, in order, until it ends. */
type Lines = AsyncIterator<readonly [string]>;

function sender(
  context: TestContext,
  port: number | "local" | "hang" | "placed",
  directory: string,
  textLines = 20_000,
): { readonly child: ChildProcess; readonly lines: Lines } {
  const file = fileURLToPath(new URL("sending-process.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--conditions=restante-source", file, String(port), directory, String(textLines)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  context.after(() => child.kill("SIGKILL"));
  // Kept from the first on: several may come at once.
  const lines = on(createInterface({ input: child.stdout }), "line", { close: ["close"] }) as Lines;
  return { child, lines };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** The next line like this; those before it are passed over. */
async function nextLine(lines: Lines, like: RegExp): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the process ended before it said ${like.source}`);
    const [line] = value;
    if (like.test(line)) return line;
  }
}

/** The first line that says where an entry ended. */
function ending(lines: Lines): Promise<string> {
  return nextLine(lines, /^(?:sent|failed|found (?:sent|failed))/);
}

/** What the buffers of two sockets do not hold: the final dot cannot have left while the server does not read. */
const TEN_MEGABYTES = 640_000;

for (const step of ["connect", "MAIL", "RCPT", "DATA", "in-data"] as const)
  test(`killed at ${step}, before the final dot: the next process sends it, and it arrives once`, async (context) => {
    const directory = temporaryDirectory(context);
    const smtp = await server(context, step);
    const first = sender(context, smtp.port, directory, step === "in-data" ? TEN_MEGABYTES : undefined);
    await once(smtp.events, "step");
    await killed(first.child);
    const second = sender(context, smtp.port, directory);
    assert.equal(await ending(second.lines), "sent");
    await killed(second.child);
    assert.equal(smtp.acknowledged, 1);
  });

test("killed after the final dot without an answer: the next process says so and does not send it again", async (context) => {
  const directory = temporaryDirectory(context);
  const smtp = await server(context, "dot-unanswered");
  const first = sender(context, smtp.port, directory);
  await once(smtp.events, "step");
  await killed(first.child);
  const second = sender(context, smtp.port, directory);
  assert.equal(await ending(second.lines), "found failed maybe-sent");
  await killed(second.child);
  assert.equal(smtp.acknowledged, 0);
});

test("killed as 250 arrives: it is never sent a second time", async (context) => {
  const directory = temporaryDirectory(context);
  const smtp = await server(context, "dot-answered");
  const first = sender(context, smtp.port, directory);
  await once(smtp.events, "step");
  await killed(first.child);
  const second = sender(context, smtp.port, directory);
  assert.match(await ending(second.lines), /^found (?:sent|failed maybe-sent)$/);
  await killed(second.child);
  assert.equal(smtp.acknowledged, 1);
});

const PLACED = /^ben has \d/;

test("killed after it was placed in the house, before that is written down: it is placed anew and is there once", async (context) => {
  const directory = temporaryDirectory(context);
  const first = sender(context, "hang", directory);
  assert.equal(await nextLine(first.lines, PLACED), "ben has 1");
  await killed(first.child);
  const second = sender(context, "local", directory);
  assert.equal(await nextLine(second.lines, PLACED), "ben has 1");
  assert.equal(await ending(second.lines), "sent");
  await killed(second.child);
});

test("killed once the last one of the house has it, before it counts as sent: it is sent, and nobody is blamed", async (context) => {
  const directory = temporaryDirectory(context);
  const first = sender(context, "placed", directory);
  await nextLine(first.lines, /^written down$/);
  await killed(first.child);
  const second = sender(context, "local", directory);
  assert.equal(await ending(second.lines), "sent");
  await killed(second.child);
});
