// A POP3 server with a store in memory, on a free port of this machine, and everything it tells its observer.
import type { TestContext } from "node:test";
import type { Authenticator } from "@restante/pop/sasl";
import { MemoryStore, type MaildropStore } from "@restante/pop/maildrop";
import {
  createPop3Server,
  type Listening,
  type ListenOptions,
  type Pop3Server,
  type Pop3ServerOptions,
  type SessionSummary,
} from "@restante/pop/server";
import { FakeClock } from "./fake-clock.ts";
import { LineClient } from "./line-client.ts";

/** Everybody's password is `secret`. */
export const EVERYBODY: Authenticator = {
  // oxlint-disable-next-line typescript/require-await -- part of the contract
  async checkPassword(login, password) {
    return password === "secret" ? { kind: "accepted", account: login, login } : { kind: "refused" };
  },
  scramKeys: () => Promise.reject(new Error("no SCRAM keys here")),
};

/** Everybody too, each password checked only when its answer in `answers`, in the order they came, is called for. */
export function slowEverybody(): { readonly authenticator: Authenticator; readonly answers: readonly (() => void)[] } {
  const answers: (() => void)[] = [];
  const checkPassword: Authenticator["checkPassword"] = (...args) =>
    new Promise((resolve) => answers.push(() => resolve(EVERYBODY.checkPassword(...args))));
  return { authenticator: { ...EVERYBODY, checkPassword }, answers };
}

export interface TestServer {
  readonly server: Pop3Server;
  readonly listening: Listening;
  readonly store: MemoryStore;
  readonly ended: SessionSummary[];
  readonly failures: { readonly error: unknown; readonly while: string }[];
  readonly warnings: string[];
  /** Resolves when so many sessions have ended. */
  untilEnded(count: number): Promise<void>;
  connect(): Promise<LineClient>;
  /** Connected and logged in. */
  login(account: string): Promise<LineClient>;
}

export interface TestServerOptions extends Partial<Omit<Pop3ServerOptions, "observer" | "store">> {
  /** Messages of each account, as octets in latin1. */
  readonly maildrops?: Readonly<Record<string, readonly string[]>>;
  /** Messages of other mailboxes, by `account/mailbox`. */
  readonly mailboxes?: Readonly<Record<string, readonly string[]>>;
  /** Puts something between the server and the store in memory. */
  readonly around?: (store: MemoryStore) => MaildropStore;
  /** Where to listen; loopback unless given. */
  readonly host?: string;
  readonly generation?: NonNullable<ListenOptions["generation"]>;
}

/** Started, and stopped when the test is over. Refusals leave at once unless `limits` say otherwise. */
export async function testServer(context: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const { maildrops = {}, mailboxes = {}, around, host = "127.0.0.1", generation, limits, ...others } = options;
  const store = new MemoryStore();
  for (const [account, messages] of Object.entries(maildrops)) {
    store.addAccount(account);
    for (const message of messages) await store.deliver(account, { body: [Buffer.from(message, "latin1")] });
  }
  for (const [place, messages] of Object.entries(mailboxes)) {
    const [account = "", mailbox = ""] = place.split(/\/(.*)/s);
    for (const message of messages)
      await store.deliver(account, { body: [Buffer.from(message, "latin1")] }, { mailbox });
  }
  const ended: SessionSummary[] = [];
  const failures: TestServer["failures"] = [];
  const warnings: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createPop3Server({
    authenticator: EVERYBODY,
    ...others,
    store: around?.(store) ?? store,
    limits: { refusalDelayMs: 0, ...limits },
    observer: {
      sessionEnded: (summary) => {
        ended.push(summary);
        for (const { count, resolve } of waiting) if (ended.length >= count) resolve();
      },
      failed: (error, where) => failures.push({ error, while: where.while }),
      warned: (message) => warnings.push(message),
    },
  });
  const listening = await server.listen({ host, port: 0, ...(generation !== undefined && { generation }) });
  const clients: LineClient[] = [];
  const connect = async (): Promise<LineClient> => {
    const client = await LineClient.connect({ port: listening.port });
    clients.push(client);
    return client;
  };
  context.after(async () => {
    for (const { socket } of clients) socket.destroy();
    const stopped = server.stop({ withinMs: 0 });
    if (others.clock instanceof FakeClock) others.clock.advance(0);
    await stopped;
  });
  return {
    server,
    listening,
    store,
    ended,
    failures,
    warnings,
    untilEnded: (count) =>
      new Promise((resolve) => {
        if (ended.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    connect,
    async login(account) {
      const client = await connect();
      const reply = await client.login(account);
      if (!reply.startsWith("+OK")) throw new Error(`login was answered ${reply}`);
      return client;
    },
  };
}

/** A message of exactly so many octets, 14 or more, that looks like mail. */
export function messageOf(octets: number): string {
  const head = "Subject: x\r\n\r\n";
  if (octets < head.length + 2) return `${"x".repeat(octets - 2)}\r\n`;
  const body = octets - head.length;
  const lines = Math.floor((body - 2) / 72);
  return `${head}${`${"m".repeat(70)}\r\n`.repeat(lines)}${"m".repeat(body - lines * 72 - 2)}\r\n`;
}
