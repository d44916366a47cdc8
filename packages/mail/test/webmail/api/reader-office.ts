// A post office with the reader's door open, and a browser's manners: cookie, origin, fetch metadata.
import { request } from "node:http";
import assert from "node:assert/strict";
import { deliverStream } from "../../../src/delivery/index.ts";
import {
  requestOf,
  ROUTES,
  type RouteInput,
  type RouteName,
  type RouteOutput,
} from "../../../src/webmail/api/index.ts";
import { openTestOffice, type TestOffice, type TestOfficeOptions } from "../../office/test-office.ts";

/** The list that is asked for after an act shows it, however slow the machine is: only what fails waits so long. */
const PATIENT = { caughtUpMs: 60_000, indexedMs: 60_000 };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly octets: Buffer;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ReaderOffice {
  readonly house: TestOffice;
  readonly origin: string;
  readonly port: number;
  cookie: string;
  /** Any request, with nothing of a browser added. */
  raw(asked: Asked): Promise<Answer>;
  /** What the reader's own page would send; checked against the route's schema. */
  ask<N extends RouteName>(name: N, input: RouteInput<N>): Promise<RouteOutput<N>>;
  /** The refusal's code, and its status. */
  refused<N extends RouteName>(name: N, input: RouteInput<N>): Promise<readonly [number, string]>;
  load(path: string, headers?: Asked["headers"]): Promise<Answer>;
  /** Octets as the reader sends a file. */
  post(path: string, body: string): Promise<Answer>;
  deliver(login: string, letter: string | Uint8Array): Promise<number>;
  account(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function openReaderOffice({
  isPatient = true,
  keys,
  ...o
}: TestOfficeOptions & { readonly isPatient?: boolean } = {}): Promise<ReaderOffice> {
  const waits = isPatient ? { indexWaits: PATIENT } : {};
  const house = await openTestOffice({ ...waits, ...o, keys: { "listen.web": "127.0.0.1:0", ...keys } });
  const port = house.port("web");
  const origin = `http://127.0.0.1:${port}`;
  const raw = (asked: Asked): Promise<Answer> => send(port, asked);
  const own = (): Readonly<Record<string, string>> => ({
    cookie: office.cookie,
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
  });
  const call = async <N extends RouteName>(name: N, input: RouteInput<N>): Promise<Answer> => {
    const { method, path, body } = requestOf(ROUTES[name], input);
    if (body === undefined) return raw({ method, path, headers: own() });
    return raw({ method, path, body, headers: { ...own(), origin, "content-type": "application/json" } });
  };
  const office: ReaderOffice = {
    house,
    origin,
    port,
    cookie: "",
    raw,
    async ask(name, input) {
      const answer = await call(name, input);
      assert.equal(answer.status, 200, answer.text);
      return ROUTES[name].output.parse(JSON.parse(answer.text)) as never;
    },
    async refused(name, input) {
      const answer = await call(name, input);
      return [answer.status, (JSON.parse(answer.text) as { error: { code: string } }).error.code];
    },
    load: (path, headers) => raw({ path, headers: { ...own(), ...headers } }),
    post: (path, body) =>
      raw({ method: "POST", path, body, headers: { ...own(), origin, "content-type": "application/octet-stream" } }),
    async deliver(login, letter) {
      const { store, accounts } = house.office.house;
      const body = (async function* () {
        yield typeof letter === "string" ? Buffer.from(letter.replace(/\r?\n/g, "\r\n")) : letter;
      })();
      const placed = await deliverStream({ store, accounts, recipient: `${login}@localhost`, body });
      return placed.messageId;
    },
    async account(name) {
      const { store, accounts } = house.office.house;
      if (store.directory.accountNamed(name) === undefined) await accounts.add({ name });
      return store.directory.accountNamed(name)?.account ?? "";
    },
    stop: () => house.stop(),
  };
  office.cookie = await letIn(office);
  return office;
}

/** Opens the address a start prints, and gives the cookie. */
export async function letIn({ house, raw }: Pick<ReaderOffice, "house" | "raw">): Promise<string> {
  const url = new URL(house.office.webAddress() ?? "");
  const answer = await raw({ path: url.pathname });
  return cookieIn(answer);
}

export function cookieIn({ headers }: Answer): string {
  const [cookie = ""] = [headers["set-cookie"] ?? []].flat();
  return cookie.split(";", 1)[0] ?? "";
}

function send(port: number, { method = "GET", path, headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      // A connection whose request was refused in the middle is none to use again.
      {
        agent: false,
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: { host: `127.0.0.1:${port}`, ...length(body), ...headers },
        timeout: 30_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const octets = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            octets,
            text: octets.toString("utf8"),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Node frames the body of a DELETE only when it is told its length. */
function length(body: string | undefined): Readonly<Record<string, number>> {
  return body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
}
