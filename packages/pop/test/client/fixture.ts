// A scripted peer and sessions with it, all gone when the test is over.
import type { TestContext } from "node:test";
import { connect, createHostMemory, Pop3Error, type Pop3Options, type Pop3Session } from "@restante/pop/client";
import { scriptedPeer, type PeerFault, type ScriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";

export const AUTH = { user: "anna", password: "secret", mechanisms: ["PLAIN"] } as const;

export interface Setting {
  readonly peer: ScriptedPeer;
  /** What `connect` is given, to be changed. */
  options(more?: Partial<Pop3Options>): Pop3Options;
  /** Logged in unless told otherwise. */
  session(more?: Partial<Pop3Options>): Promise<Pop3Session>;
}

/** Three messages of 6, 8 and 12 octets as they are retrieved. */
export const MESSAGES = ["a\r\n.\r\n", "b\r\n..x\r\n", "Subject: c\r\n"] as const;

export async function settingFor(context: TestContext, options: ScriptedPeerOptions = {}): Promise<Setting> {
  const peer = await scriptedPeer({ messages: MESSAGES, ...options });
  const sessions: Pop3Session[] = [];
  context.after(async () => {
    await Promise.all(sessions.map((session) => session.rollback()));
    await peer.close();
  });
  const optionsFor = (more: Partial<Pop3Options> = {}): Pop3Options => ({
    host: peer.host,
    port: peer.port,
    tls: "none",
    auth: AUTH,
    hostMemory: createHostMemory(),
    ...more,
  });
  return {
    peer,
    options: optionsFor,
    async session(more) {
      const session = await connect(optionsFor(more));
      sessions.push(session);
      return session;
    },
  };
}

export function settingWith(context: TestContext, ...faults: readonly PeerFault[]): Promise<Setting> {
  return settingFor(context, { faults });
}

/** The error a promise rejects with; anything else fails the test. */
export async function errorOf(promise: Promise<unknown>): Promise<Pop3Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Pop3Error) return error;
    throw error;
  }
  throw new Error("the promise was expected to reject");
}

/** Octets as text, one character each. */
export async function text(stream: { toBuffer(): Promise<Buffer> }): Promise<string> {
  return (await stream.toBuffer()).toString("latin1");
}

/** So many messages, each an octet longer than the one before. */
export function mail(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `Subject: ${at + 1}\r\n\r\n${"x".repeat(at)}\r\n`);
}

/** Every message, one after another. */
export async function collect(pop: Pop3Session): Promise<readonly string[]> {
  const got: string[] = [];
  for await (const message of pop.messages()) {
    const stream = message.retrieve();
    got.push(await text(stream));
    await stream.done;
  }
  return got;
}
