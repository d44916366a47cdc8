// A tunnel through an HTTP proxy (RFC 9110 §9.3.6): the proxy resolves the name, and sees nothing but TLS.
import { connect as connectTcp, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { Pop3Error } from "./errors.ts";
import { abortedError, placeOf } from "./network-errors.ts";

const HEAD_OCTETS_MAX = 16_384;
const HEAD_END = "\r\n\r\n";

export interface TunnelTo {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly localAddress?: string | undefined;
}

/** Reads the proxy's address. Throws Pop3Error CONFIG for a scheme that is not built in. */
export function proxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw config("a proxy is http:// or https://; others go through `transport`");
  try {
    userOf(url);
  } catch {
    // Its cause would tell the password.
    throw config("the name or password of the proxy is not percent-encoded: % itself is %25");
  }
  return url;
}

/** `name:password`. Throws URIError for a % that begins no octet. */
function userOf({ username, password }: URL): string {
  return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
}

function config(message: string): Pop3Error {
  return new Pop3Error("CONFIG", { phase: "connect", message });
}

/** Opens the tunnel. Rejects with Pop3Error PROXY. */
export function connectThrough(proxy: URL, to: TunnelTo): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = open(proxy, to);
    const place = placeOf(to);
    let head = Buffer.alloc(0);
    const settle = (how: () => void): void => {
      to.signal.removeEventListener("abort", abort);
      socket.off("data", read);
      socket.off("error", fail);
      socket.off("close", closed);
      // Whoever gets it listens at once; what is between is not to end the process.
      socket.on("error", nothing);
      how();
    };
    const fail = (cause: unknown): void =>
      settle(() => {
        socket.destroy();
        reject(cause instanceof Pop3Error ? cause : new Pop3Error("PROXY", { phase: "connect", place, cause }));
      });
    const abort = (): void => fail(abortedError("connect", to.signal));
    const closed = (): void => fail(new Pop3Error("PROXY", { phase: "connect", place, message: "the proxy closed" }));
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(HEAD_END);
      if (end < 0 && head.length <= HEAD_OCTETS_MAX) return;
      const status = /^HTTP\/1\.[01] (\d{3})([^\r\n]*)/.exec(head.toString("latin1"));
      if (end < 0 || status?.[1]?.startsWith("2") !== true) return fail(refused(status, place));
      settle(() => {
        socket.pause();
        const behind = head.subarray(end + HEAD_END.length);
        if (behind.length > 0) socket.unshift(behind);
        resolve(socket);
      });
    };
    if (to.signal.aborted) return abort();
    to.signal.addEventListener("abort", abort, { once: true });
    socket.on("data", read);
    socket.on("error", fail);
    socket.on("close", closed);
    socket.once(proxy.protocol === "https:" ? "secureConnect" : "connect", () => socket.write(request(proxy, to)));
  });
}

function open(proxy: URL, { localAddress }: TunnelTo): Duplex {
  const host = proxy.hostname.replace(/^\[|\]$/g, "");
  const port = Number(proxy.port) || (proxy.protocol === "https:" ? 443 : 80);
  const how = { host, port, ...(localAddress !== undefined && { localAddress }) };
  if (proxy.protocol !== "https:") return connectTcp(how);
  return connectTls({ ...how, ...(isIP(host) === 0 && { servername: host }), minVersion: "TLSv1.2" });
}

function request(proxy: URL, to: TunnelTo): string {
  const authority = placeOf(to);
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (proxy.username !== "") {
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(userOf(proxy)).toString("base64")}`);
  }
  return `${lines.join("\r\n")}${HEAD_END}`;
}

function refused(status: RegExpExecArray | null, place: string): Pop3Error {
  const serverText = status === null ? "no HTTP answer" : `${status[1] ?? ""}${status[2] ?? ""}`;
  const retry = status?.[1] === "407" ? "after-user-action" : "later";
  return new Pop3Error("PROXY", { phase: "connect", place, serverText, retry });
}

function nothing(): void {}
