// A login by SCRAM-SHA-256-PLUS over a real connection (RFC 5802 §5, by POP3: RFC 5034 §4).
import assert from "node:assert/strict";
import type { Authenticator } from "@restante/pop/sasl";
import { deriveScramKeys } from "../../src/sasl/index.ts";
import type { LineClient } from "./line-client.ts";
import { ScramClient } from "./scram-client.ts";
import { EVERYBODY } from "./test-server.ts";

const keys = await deriveScramKeys("secret", Buffer.from("0123456789abcdef"), 4_096);

/** As EVERYBODY, and by SCRAM too. */
export const EVERYBODY_BY_SCRAM: Authenticator = {
  ...EVERYBODY,
  // oxlint-disable-next-line typescript/require-await -- part of the contract
  async scramKeys(login) {
    return { ...keys, owner: { account: login, login } };
  },
};

export interface Binding {
  readonly type: string;
  readonly data: Buffer;
}

/** Gives the line that ends the exchange. */
export async function bindTo(client: LineClient, { type, data }: Binding): Promise<string> {
  const scram = new ScramClient({ username: "mrose", password: "secret", gs2Header: `p=${type},,`, binding: data });
  const first = await client.command(`AUTH SCRAM-SHA-256-PLUS ${base64(scram.first)}`);
  if (!first.startsWith("+ ")) return first;
  const { message, serverFinal } = scram.final(textOf(first));
  const final = await client.command(base64(message));
  if (!final.startsWith("+ ")) return final;
  assert.equal(textOf(final), serverFinal);
  return client.command("");
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const textOf = (challenge: string): string => Buffer.from(challenge.slice(2), "base64").toString();
