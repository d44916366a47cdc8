// Servers to collect from, alike for the tests: the distribution's Dovecot and the product. Each is started when the
// first test wants it, and ended after the last.
import { after } from "node:test";
import type { Pop3Options } from "@restante/pop/client";
import { TEST_CERTIFICATE } from "../packages/pop/test/support/certificate.ts";
import { startDovecot, type Dovecot } from "./dovecot.ts";
import { asStored, deliverOverLmtp } from "./lmtp.ts";
import { needs, type Transport } from "./peers.ts";
import { PopClient } from "./pop-client.ts";
import { startProduct, type Product } from "./product.ts";

export interface Maildrop {
  readonly user: string;
  readonly password: string;
  /** Delivers these too. Answers what POP3 must hand out for them, one character an octet. */
  add(letters: readonly Buffer[]): Promise<readonly string[]>;
  /** What is in it, as POP3 hands it out, in no order. */
  left(): Promise<readonly string[]>;
}

export interface SourceServer {
  readonly name: string;
  /** Options of a test that needs it. */
  readonly needs: { readonly skip: string | false };
  /** An empty maildrop of this name. */
  maildrop(user: string): Promise<Maildrop>;
  /** How the client gets there, and whom it trusts. */
  way(transport: Transport): Promise<Pick<Pop3Options, "host" | "pin" | "port" | "tls" | "tlsOptions">>;
}

const LETTERS = 1_000;
const isLong = process.env["RESTANTE_LONG"] === "1";
/** Over TLS what is tried is the transport: the letters themselves were compared in clear. */
const COUNTS = { cleartext: 300, STLS: 100, TLS: 100 } as const;

/** How many letters a test takes this time, and says so. */
export function letterCount(transport: Transport, context: { diagnostic(text: string): void }): number {
  const count = isLong ? LETTERS : COUNTS[transport];
  context.diagnostic(`${count} of ${LETTERS} letters`);
  return count;
}

const MODES = { cleartext: "none", STLS: "stls-required", TLS: "implicit" } as const;

/** For the tests of one file. Dovecot must be told its users before it starts. */
export function sourceServers(users: readonly string[]): readonly SourceServer[] {
  return [dovecot(users), product()];
}

function dovecot(users: readonly string[]): SourceServer {
  const server = once<Dovecot>(() => startDovecot(users));
  return {
    name: "Dovecot",
    needs: needs("dovecot"),
    async maildrop(user) {
      const running = await server();
      let added = 0;
      return {
        user,
        password: running.password,
        async add(letters) {
          await running.fill(user, letters, added);
          added += letters.length;
          return letters.map((letter) => letter.toString("latin1"));
        },
        left: async () => (await running.left(user)).map((text) => text.replaceAll("\n", "\r\n")),
      };
    },
    async way(transport) {
      const { port, tlsPort } = await server();
      return {
        host: "127.0.0.1",
        port: transport === "TLS" ? tlsPort : port,
        tls: MODES[transport],
        tlsOptions: { ca: TEST_CERTIFICATE.cert },
      };
    },
  };
}

function product(): SourceServer {
  const server = once<Product>(() => startProduct());
  return {
    name: "the product",
    needs: { skip: false },
    async maildrop(user) {
      const running = await server();
      const password = await running.account(user);
      const recipient = `${user}@localhost`;
      return {
        user,
        password,
        async add(letters) {
          const port = running.port("lmtp");
          // Several at once, so that group commit has groups: in what order they come is not asked for.
          await Promise.all(slices(letters).map((slice) => deliverOverLmtp({ port, recipient, letters: slice })));
          return letters.map((letter) => asStored(letter, { recipient }).toString("latin1"));
        },
        left: () => everyMessage(running.port("pop3"), { user, password }),
      };
    },
    async way(transport) {
      const running = await server();
      return {
        host: "127.0.0.1",
        port: running.port(transport === "TLS" ? "pop3s" : "pop3"),
        tls: MODES[transport],
        ...(transport === "cleartext" ? {} : { pin: running.fingerprint }),
      };
    },
  };
}

const CLIENTS = 16;

function slices(letters: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const each = Math.ceil(letters.length / CLIENTS);
  return Array.from({ length: CLIENTS }, (_, n) => letters.slice(n * each, (n + 1) * each));
}

/** By a client that is not ours to test. */
export async function everyMessage(port: number, o: { user: string; password: string }): Promise<readonly string[]> {
  const client = await PopClient.connect(port);
  await client.say("UTF8");
  await client.login(o.user, o.password);
  const texts: string[] = [];
  const { lines } = await client.say("LIST");
  for (const line of lines) {
    const message = await client.say(`RETR ${line.split(" ", 1)[0] ?? ""}`);
    texts.push(message.lines.map((text) => `${text}\r\n`).join(""));
  }
  await client.say("QUIT");
  client.close();
  return texts;
}

/** Started by the first who asks, stopped after the file's tests. */
function once<T extends { stop(): Promise<void> }>(start: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  after(async () => {
    // One that did not start has nothing to stop; whoever asked for it has been told why.
    const started = await running?.catch(() => undefined);
    await started?.stop();
  });
  return () => (running ??= start());
}
