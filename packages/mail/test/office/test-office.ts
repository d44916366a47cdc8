// A post office of its own for a test: temporary directory, free ports, stopped and removed at the end.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Socket } from "node:net";
import { loadConfig, type Config } from "../../src/config/index.ts";
import { openOffice, type Listener, type Office, type OfficeOptions } from "../../src/office/index.ts";
import { SILENT } from "../../src/observe/index.ts";

export interface TestOffice {
  readonly office: Office;
  readonly config: Config;
  port(protocol: string): number;
  stop(): Promise<void>;
}

/** A directory that goes away with `remove`. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "restante-office-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The configuration of a test: everything on 127.0.0.1, port 0. Keys are dotted, as in the file. */
export function testConfig(dataDir: string, keys: Readonly<Record<string, unknown>> = {}): Config {
  const defaults = {
    data: dataDir,
    host_name: "mail.example.org",
    domains: ["example.org"],
    "listen.pop3": "127.0.0.1:0",
    "listen.pop3s": "127.0.0.1:0",
    "listen.lmtp": "127.0.0.1:0",
    "limits.refusal_delay": "0s",
  };
  return loadConfig({ defaults: { ...defaults, ...keys } }).config;
}

export interface TestOfficeOptions extends Partial<Omit<OfficeOptions, "config">> {
  readonly dataDir?: string;
  readonly keys?: Readonly<Record<string, unknown>>;
}

export async function openTestOffice({ dataDir, keys, ...o }: TestOfficeOptions = {}): Promise<TestOffice> {
  const directory = dataDir === undefined ? temporaryDirectory() : { path: dataDir, remove: () => undefined };
  const config = testConfig(directory.path, keys);
  const office = await openOffice({ log: SILENT, ...o, config });
  return {
    office,
    config,
    port: (protocol) => portOf(office.listeners, protocol),
    async stop() {
      await office.stop({ withinMs: 0 });
      directory.remove();
    },
  };
}

function portOf(listeners: readonly Pick<Listener, "protocol" | "port">[], protocol: string): number {
  const port = listeners.find((listener) => listener.protocol === protocol)?.port;
  if (port === undefined || port === null) throw new Error(`no ${protocol} listener`);
  return port;
}

/** A line-by-line peer of a POP3 or LMTP server. */
export class Talk {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.#socket = connect({ host: "127.0.0.1", port });
    // What a cut connection does to reads is seen by the reader as an end.
    this.#socket.on("error", () => undefined);
    this.#lines = linesOf(this.#socket);
  }

  /** The next line, or undefined when the other side closed. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  async say(command: string): Promise<string | undefined> {
    this.#socket.write(`${command}\r\n`);
    return this.line();
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function* linesOf(socket: Socket): AsyncGenerator<string> {
  socket.setEncoding("latin1");
  let rest = "";
  try {
    for await (const chunk of socket as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\r\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
  }
}

/** Greeted and logged in. */
export async function loggedIn(port: number, login: string, password: string): Promise<Talk> {
  const talk = new Talk(port);
  await talk.line();
  await talk.say(`USER ${login}`);
  const answer = await talk.say(`PASS ${password}`);
  if (answer?.startsWith("+OK") !== true) throw new Error(`login refused: ${answer ?? "closed"}`);
  return talk;
}
