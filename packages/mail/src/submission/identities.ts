// Who one may write as: an address with its name, signature and submission server. Kept in the store; passwords are in
// files of their own that only this user may read.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { DocumentKey, Documents } from "../mailstore/index.ts";
import { envelopeAddress } from "./addresses.ts";
import type { SubmissionServer } from "./contract.ts";

const KIND = "identity";

const server = z.object({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  tls: z.enum(["implicit", "starttls", "none"]),
  /** Undefined: the server asks for no login. */
  user: z.string().min(1).max(255).optional(),
  mechanism: z.enum(["plain", "login", "xoauth2"]).default("plain"),
});

const stored = z.object({
  /** Of one whose id is a digest. */
  address: z.string().optional(),
  name: z.string().max(200),
  signature: z.string().max(10_000),
  isDefault: z.boolean(),
  server: server.optional(),
  /** Later than that of any entry before, also of one that was removed since. Entries of before it was kept have none. */
  version: z.number().default(0),
});

export interface Identity extends Omit<z.output<typeof stored>, "address" | "version"> {
  readonly account: string;
  /** Also its id within the account; domain in lower case. */
  readonly address: string;
}

/** One that was entered. */
export interface KnownIdentity extends Identity {
  /** Another one whenever it is entered; not when another becomes the default one. */
  readonly version: number;
}

export interface Identities {
  /** The default one first. */
  list(account: string): Promise<readonly KnownIdentity[]>;
  find(account: string, address: string): Promise<KnownIdentity | undefined>;
  /** Throws SubmissionError `bad-address`. */
  save(identity: Identity): Promise<void>;
  /** False when there is none of that version: one that was entered again since stays. */
  remove(o: { readonly account: string; readonly address: string; readonly version: number }): Promise<boolean>;
}

/** Where passwords are kept, by a name; nothing of one is ever given out but to a server. What is done of one is durable. */
export interface SecretFiles {
  read(name: string): Promise<string | undefined>;
  write(name: string, secret: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Of all that are kept, whoever they are of. */
  names(): Promise<readonly string[]>;
}

export function openIdentities(documents: Documents, now: () => number = Date.now): Identities {
  const list = async (account: string): Promise<readonly KnownIdentity[]> => {
    const rows = await documents.list({ kind: KIND, account });
    const identities = rows.map(({ id, value }) => {
      const { address = decode(id), ...identity } = stored.parse(value);
      return { ...identity, account, address };
    });
    return identities.sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  };
  const keyOf = (account: string, address: string): DocumentKey => ({ kind: KIND, account, id: encode(address) });
  return {
    list,
    async find(account, address) {
      return (await list(account)).find((identity) => identity.address === canonical(address));
    },
    async save({ account, address, ...identity }) {
      const key = keyOf(account, canonical(envelopeAddress(address)));
      const known = await list(account);
      const others = known.filter((other) => encode(other.address) !== key.id);
      const before = known.find((one) => encode(one.address) === key.id)?.version ?? 0;
      await documents.put(
        key,
        stored.parse({
          ...identity,
          address: canonical(address),
          isDefault: identity.isDefault || others.length === 0,
          version: Math.max(now(), before + 1),
        }),
      );
      if (identity.isDefault)
        for (const { account: owner, ...rest } of others.filter(({ isDefault }) => isDefault))
          await documents.put(keyOf(owner, rest.address), { ...rest, isDefault: false });
    },
    async remove({ account, address, version }) {
      const key = keyOf(account, canonical(address));
      for (;;) {
        const found = await documents.get(key);
        if (found === undefined || stored.parse(found.value).version !== version) return false;
        if (await documents.remove(key, { ifVersion: found.version })) return true;
      }
    },
  };
}

/** The name of an identity's password file. */
export function secretName(account: string, address: string): string {
  // The underscore stands for the percent sign, so that its own must not: no two addresses have one file.
  const plain = plainName(address, /[!'()*~_]/g);
  return `identity-${account}-${plain.length <= SECRET_NAME_MAX ? plain : digestOf(address)}`;
}

/** As it was while an underscore stood for itself: several addresses may have had one file. */
export function formerSecretName(account: string, address: string): string {
  return `identity-${account}-${plainName(address, /[!'()*~]/g)}`;
}

/** Encoded for a URL some signs stay that a plain name has not: o'neil@example.org has one. */
function plainName(address: string, left: RegExp): string {
  return encodeURIComponent(canonical(address))
    .replace(left, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replaceAll("%", "_");
}

/** With what stands before it, within what a file may be called. */
const SECRET_NAME_MAX = 160;

/** How its server is reached, with the password; undefined when none is set. */
export async function serverOf(
  identity: Identity,
  o: { readonly secrets: Pick<SecretFiles, "read">; readonly token?: (identity: Identity) => Promise<string> },
): Promise<SubmissionServer | undefined> {
  const { server: found } = identity;
  if (found === undefined) return undefined;
  const { host, port, tls, user, mechanism } = found;
  if (user === undefined) return { host, port, tls, auth: undefined };
  if (mechanism === "xoauth2") {
    const { token } = o;
    if (token === undefined) return undefined;
    return { host, port, tls, auth: { kind: "xoauth2", user, token: () => token(identity) } };
  }
  const password = (await o.secrets.read(secretName(identity.account, identity.address))) ?? "";
  return { host, port, tls, auth: { kind: mechanism, user, password } };
}

function canonical(address: string): string {
  const at = address.lastIndexOf("@");
  return address.slice(0, at + 1) + address.slice(at + 1).toLowerCase();
}

/** Ids of documents are ASCII, and of 128 characters. */
function encode(address: string): string {
  const encoded = encodeURIComponent(address);
  return encoded.length <= 128 ? encoded : digestOf(address);
}

/** Of an address that is too long for a name; it has no sign that stands for the @, so it is the name of no other. */
function digestOf(address: string): string {
  return createHash("sha256").update(canonical(address)).digest("hex");
}

function decode(id: string): string {
  return decodeURIComponent(id);
}
