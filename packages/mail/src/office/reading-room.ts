// Where mail is read in a running post office. Nobody reads before somebody can: the reader, its index and its threads
// are opened for a web listener, or by the first question over the control socket.
import type { Config } from "../config/index.ts";
import type { Finding } from "../mailstore/index.ts";
import { createWebServer, type ReaderApi, type WebServer } from "../webmail/api/index.ts";
import type { Listener } from "./listeners.ts";
import { openReader, type Reader, type ReaderOptions } from "./reader.ts";

export class ReadingRoom {
  /** Its listeners are opened with all others. */
  readonly web: WebServer;
  readonly #options: ReaderOptions;
  #opening: Promise<Reader> | undefined;
  #reader: Reader | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.web = createWebServer(async (request, peer) => (await this.#open()).answer(request, peer), options.log);
  }

  /** Before the listeners of the configuration are opened. Throws OfficeError `data-directory`. */
  async openFor({ listen }: Pick<Config, "listen">): Promise<void> {
    if (listen.web.length > 0) await this.#open();
  }

  /** Opened now if nobody has. Throws OfficeError `data-directory`. */
  async api(): Promise<ReaderApi> {
    return (await this.#open()).api;
  }

  /** With a fresh token, for the first web listener; undefined without one. */
  address(listeners: readonly Listener[]): string | undefined {
    const listener = listeners.find(({ protocol }) => protocol === "web");
    if (listener === undefined || this.#reader === undefined) return undefined;
    const host = listener.address.includes(":") ? `[${listener.address}]` : listener.address;
    return `http://${host}:${listener.port}/open/${this.#reader.tokens.renew()}`;
  }

  async indexHealth(): Promise<readonly Finding[]> {
    const what = "mail is not indexed while nobody reads it here";
    return (await this.#reader?.index.check()) ?? [{ what, severity: "ok" }];
  }

  /** Waits at most so long until lists show all that is in `account` now; where nobody reads, there is nothing to wait for. */
  async listed(account: string, o: { readonly withinMs: number }): Promise<void> {
    await this.#reader?.index.caughtUp(account, o);
  }

  async endStreams(): Promise<void> {
    await (await this.#opened())?.endStreams();
  }

  async close(): Promise<void> {
    await (await this.#opened())?.close();
  }

  /** One that could not be opened has been told of already. */
  async #opened(): Promise<Reader | undefined> {
    return await this.#opening?.catch(() => undefined);
  }

  #open(): Promise<Reader> {
    this.#opening ??= openReader(this.#options).then(
      (reader) => (this.#reader = reader),
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }
}
