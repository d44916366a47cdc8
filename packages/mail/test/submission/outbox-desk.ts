// An outbox on a store of its own, and what tests ask of it.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { buildMessage } from "../../src/submission/build-message.ts";
import type { OutboxEntry, OutgoingMessage, SubmissionServer } from "../../src/submission/contract.ts";
import { Outbox, type OutboxOptions } from "../../src/submission/outbox.ts";
import { addAccount, temporaryStore, type TemporaryStore } from "../mailstore/temporary-store.ts";
import type { SmtpPeer } from "./smtp-peer.ts";

const MESSAGE: OutgoingMessage = {
  from: { name: "Anna", address: "anna@alder.example" },
  to: [{ name: "", address: "ben@oak.example" }],
  cc: [],
  bcc: [{ name: "", address: "cleo@elm.example" }],
  subject: "Boat keys",
  text: "In the blue tin.\n.\nA dot above.\n",
  references: [],
  attachments: [],
  asksForReceipt: false,
};

export function serverAt({ port }: { readonly port: number }, more: Partial<SubmissionServer> = {}): SubmissionServer {
  return { host: "127.0.0.1", port, tls: "none", auth: undefined, ...more };
}

export interface Desk {
  readonly temporary: TemporaryStore;
  readonly account: string;
  readonly outbox: Outbox;
  readonly problems: unknown[];
  /** Resolves with the next entry in one of these states. */
  reached(...states: readonly OutboxEntry["state"][]): Promise<OutboxEntry>;
  /** Resolves with the next entry that is like this. */
  changed(isIt: (entry: OutboxEntry) => boolean): Promise<OutboxEntry>;
  write(o?: {
    readonly id?: string;
    readonly holdMs?: number;
    readonly message?: Partial<OutgoingMessage>;
  }): Promise<OutboxEntry>;
}

export async function desk(
  context: TestContext,
  route: OutboxOptions["route"],
  more: Pick<OutboxOptions, "now" | "ca"> = {},
): Promise<Desk> {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "anna");
  const problems: unknown[] = [];
  const waiting: { readonly isIt: (entry: OutboxEntry) => boolean; readonly resolve: (entry: OutboxEntry) => void }[] =
    [];
  const changed: Desk["changed"] = (isIt) => new Promise((resolve) => waiting.push({ isIt, resolve }));
  const outbox = await Outbox.open({
    store: temporary.store,
    route,
    serverFor: serverOn(route),
    hostName: "post.example",
    onProblem: (problem) => problems.push(problem),
    onChange: (entry) => {
      for (const { isIt, resolve } of waiting) if (isIt(entry)) resolve(entry);
    },
    ...more,
  });
  context.after(() => outbox.stop({ withinMs: 0 }));
  return {
    temporary,
    account,
    outbox,
    problems,
    changed,
    reached: (...states) => changed(({ state }) => states.includes(state)),
    async write({ id, holdMs = 0, message = {} } = {}) {
      const built = await buildMessage({ ...MESSAGE, ...message }, { now: Date.now() });
      return outbox.queue({
        account,
        ...(id === undefined ? {} : { id }),
        identity: "anna@alder.example",
        built,
        subject: "Boat keys",
        draft: { text: "as typed" },
        holdMs,
      });
    },
  };
}

export const toServer =
  (server: SubmissionServer): OutboxOptions["route"] =>
  () =>
    Promise.resolve({ kind: "server", server });

/** As the office names it. */
function serverOn(route: OutboxOptions["route"]): OutboxOptions["serverFor"] {
  return async (message) => {
    const found = await route(message);
    return found.kind === "server" ? `${found.server.host}:${found.server.port}` : undefined;
  };
}

export async function octetsIn(o: Desk, messageId: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of o.temporary.store.octetsOf(o.account, messageId)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function mailboxOf(o: Desk, messageId: number): Promise<string | undefined> {
  const rows = await o.temporary.store.messages(o.account, { after: 0, limit: 100 });
  return rows.find((row) => row.messageId === messageId)?.mailbox;
}

export async function sentThrough(
  context: TestContext,
  peer: SmtpPeer,
): Promise<{ readonly at: Desk; readonly sent: OutboxEntry }> {
  const at = await desk(context, toServer(serverAt(peer)));
  const reached = at.reached("sent", "failed");
  await at.write();
  return { at, sent: await reached };
}

/** The only entry, once it was tried; that may have been before anybody asked. */
export async function untilAttempted(at: Desk): Promise<OutboxEntry> {
  const isIt = ({ attempts, state }: OutboxEntry): boolean => attempts > 0 && state !== "sending";
  const next = at.changed(isIt);
  const entry = await only(at);
  return isIt(entry) ? entry : next;
}

/** The only entry. */
export async function only(at: Pick<Desk, "outbox" | "account">): Promise<OutboxEntry> {
  const [entry, ...others] = await at.outbox.list(at.account);
  assert.ok(entry !== undefined);
  assert.equal(others.length, 0);
  return entry;
}

/** The outbox of the next process, on the same store. */
export async function reopened(
  context: TestContext,
  { temporary: { store }, problems }: Desk,
  { route = () => Promise.resolve({ kind: "none" }), ...more }: Partial<OutboxOptions> = {},
): Promise<Outbox> {
  const outbox = await Outbox.open({
    store,
    route,
    serverFor: serverOn(route),
    hostName: "post.example",
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  context.after(() => outbox.stop({ withinMs: 0 }));
  return outbox;
}
