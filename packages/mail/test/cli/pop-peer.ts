// `restante pop` against a scripted server that has three letters.
import { scriptedPeer, type ScriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";
import { here, type Ended } from "./command-line.ts";

export const PASSWORD = { RESTANTE_POP_PASSWORD: "secret" };
export const LETTERS = [
  "Subject: one\r\n\r\n.dot\r\n..\r\ncaf\xe9\r\n",
  "Subject: two\r\nX-Long: yes\r\n\r\nfirst\r\nsecond\r\nthird\r\n",
  "Subject: three\r\n\r\nlast line without end",
];
export const MESSAGES = LETTERS.map((octets, index) => ({ octets, uniqueId: `id-${index + 1}` }));

export function url(peer: ScriptedPeer, scheme = "pop"): string {
  return `${scheme}://anna@127.0.0.1:${peer.port}`;
}

/** `restante pop COMMAND URL ARGS` against a peer of its own, with the password in the environment. */
export async function pop(
  command: string,
  args: readonly string[],
  o: ScriptedPeerOptions = {},
): Promise<Ended & { readonly commands: readonly string[]; readonly left: readonly string[] }> {
  await using peer = await scriptedPeer({ messages: MESSAGES, ...o });
  const ended = await here(["pop", command, url(peer), ...args], { env: PASSWORD });
  const left = peer.maildrop.messages.map(({ uniqueId }) => uniqueId ?? "-");
  return { ...ended, commands: peer.commands, left };
}
