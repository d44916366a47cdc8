// A scripted peer for one test, and connections to it made of nothing but octets.
import type { TestContext } from "node:test";
import { scriptedPeer, type PeerFault, type ScriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";
import { LineClient } from "../support/line-client.ts";

export interface PeerSetting {
  readonly peer: ScriptedPeer;
  /** Connected; nothing read so far. */
  connect(): Promise<LineClient>;
  /** Connected over TLS. */
  connectTls(): Promise<LineClient>;
  /** The greeting read, USER and PASS sent and answered. */
  login(): Promise<LineClient>;
}

/** Three messages of 6, 8 and 10 octets, so that no two sizes are the same. */
export const MESSAGES = ["a\r\n.\r\n", "b\r\n..x\r\n", "Subject: c"] as const;

export async function peerFor(context: TestContext, options: ScriptedPeerOptions = {}): Promise<PeerSetting> {
  const peer = await scriptedPeer({ messages: MESSAGES, ...options });
  const clients: LineClient[] = [];
  // The peer's end of a connection lives as long as the client's.
  context.after(async () => {
    for (const { socket } of clients) socket.destroy();
    await peer.close();
  });
  const kept = (client: LineClient): LineClient => {
    clients.push(client);
    return client;
  };
  const connect = async (): Promise<LineClient> => kept(await LineClient.connect({ port: peer.port }));
  return {
    peer,
    connect,
    connectTls: async () => kept(await LineClient.connectTls({ port: peer.port })),
    async login() {
      const client = await connect();
      await client.login("anna");
      return client;
    },
  };
}

export function peerWith(context: TestContext, ...faults: readonly PeerFault[]): Promise<PeerSetting> {
  return peerFor(context, { faults });
}

/** Everything the connection says from here to its end. */
export function restOf(client: LineClient, commands: string): Promise<string> {
  client.send(commands);
  return client.rest();
}
