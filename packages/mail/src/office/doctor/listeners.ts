import { connect, type NetConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Finding } from "../../mailstore/index.ts";
import { describeListener, type Listener } from "../listeners.ts";
import type { LiveOffice } from "../live-office.ts";

const ANSWER_MS = 3_000;
const GREETING_OCTETS_MAX = 512;

/** Knocks at every listener and reads its greeting, as a mail program would. */
export async function listenerHealth(live: LiveOffice | undefined): Promise<readonly Finding[]> {
  if (live === undefined)
    return [
      {
        what: "no post office runs on this data directory, so its listeners were not tried",
        severity: "warning",
        repair: "start one with restante up or restante serve",
      },
    ];
  if (live.listeners.length === 0)
    return [{ what: "nothing listens", severity: "warning", repair: "name listeners in [listen], or with --listen" }];
  return Promise.all(live.listeners.map(knock));
}

const GREETINGS: Readonly<Record<string, RegExp>> = {
  pop3: /^\+OK/,
  pop3s: /^\+OK/,
  pop2: /^\+ POP2/,
  pop2s: /^\+ POP2/,
  pop1: /^\+OK/,
  pop1s: /^\+OK/,
  lmtp: /^220/,
  web: /^HTTP\/1\.1 /,
};

/** RFC 9112 §3.2: the one that waits to be asked. Whatever it answers to no host is an answer. */
const WEB_REQUEST = "HEAD / HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n";

async function knock(listener: Listener): Promise<Finding> {
  const what = describeListener(listener);
  const repair = "restart it; if that does not help, look into the log";
  try {
    const greeting = await readGreeting(listener);
    if (GREETINGS[listener.protocol]?.test(greeting) === true) return { what: `${what} answers`, severity: "ok" };
    return { what: `${what} answers with something else`, severity: "error", repair };
  } catch (error) {
    return {
      what: `${what} does not answer (${error instanceof Error ? error.message : String(error)})`,
      severity: "error",
      repair,
    };
  }
}

function readGreeting(listener: Listener): Promise<string> {
  return new Promise((resolve, reject) => {
    const to: NetConnectOpts =
      listener.port === null ? { path: listener.address } : { host: reachable(listener.address), port: listener.port };
    // Whether the certificate is the right one is another question: here the listener is asked, at its own address.
    const socket = listener.tls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
    if (listener.protocol === "web") socket.write(WEB_REQUEST);
    let text = "";
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error("no answer in time")));
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (!text.includes("\n") && text.length < GREETING_OCTETS_MAX) return;
      socket.destroy();
      resolve(text);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed without a greeting")));
  });
}

/** An address that stands for all of them is reached over loopback. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
