// Asks the reader's API as its page does, and says how long it took and how much came.
import { request, type IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync } from "node:zlib";

export interface Answered {
  /** From the request to the last octet. */
  readonly ms: number;
  /** As they travelled. */
  readonly octets: number;
  readonly json: unknown;
}

export class Asking {
  readonly #port: number;
  readonly #cookie: string;

  private constructor(port: number, cookie: string) {
    this.#port = port;
    this.#cookie = cookie;
  }

  /** Uses up an address that `restante open` printed. */
  static async open(url: string): Promise<Asking> {
    const { port, pathname } = new URL(url);
    const { headers } = await send(Number(port), pathname, {});
    const [cookie = ""] = headers["set-cookie"] ?? [];
    return new Asking(Number(port), cookie.split(";", 1)[0] ?? "");
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The cookie as a browser keeps it. */
  get cookie(): { readonly name: string; readonly value: string } {
    const [name = "", value = ""] = this.#cookie.split("=", 2);
    return { name, value };
  }

  async get(path: string): Promise<Answered> {
    const began = performance.now();
    const { status, headers, body } = await send(this.#port, path, {
      cookie: this.#cookie,
      "accept-encoding": "br",
      "sec-fetch-site": "same-origin",
    });
    const ms = performance.now() - began;
    if (status !== 200) throw new Error(`${path}: ${status} ${body.toString("utf8").slice(0, 200)}`);
    const plain = headers["content-encoding"] === "br" ? brotliDecompressSync(body) : body;
    const isJson = headers["content-type"]?.startsWith("application/json") === true;
    return { ms, octets: body.length, json: isJson ? JSON.parse(plain.toString("utf8")) : plain.toString("utf8") };
  }

  async change(method: string, path: string, body: object): Promise<void> {
    const { status } = await send(
      this.#port,
      path,
      {
        cookie: this.#cookie,
        origin: this.origin,
        "content-type": "application/json",
      },
      { method, body: JSON.stringify(body) },
    );
    if (status !== 200) throw new Error(`${method} ${path}: ${status}`);
  }
}

interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function send(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  { method = "GET", body = "" }: { readonly method?: string; readonly body?: string } = {},
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error(`${path}: no answer in a minute`)));
    asked.on("error", reject);
    asked.end(body);
  });
}
