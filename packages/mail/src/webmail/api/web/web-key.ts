// The key that signs the reader's cookies. In the data directory, for its owner's eyes only: a cookie outlives a restart.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../../../files/index.ts";

const KEY_OCTETS = 32;
/** Browsers keep a cookie for 400 days at most. */
const SESSION_MS = 400 * 86_400_000;
const ANYBODY = "-";
/** Number, time, user and signature. */
const SESSION = /^([\w-]{22}\.([0-9a-z]{1,12})\.(-|\d{1,10}))\.([\w-]{43})$/;

/** Of a browser that was let in. */
export interface Session {
  /** Over whose connections it is good; undefined: over anybody's. */
  readonly user: number | undefined;
}

export class WebKey {
  readonly #key: Buffer;
  /** Cookies know no ports: a name of its own keeps two houses on one machine apart. */
  readonly cookieName: string;

  constructor(key: Uint8Array) {
    this.#key = Buffer.from(hkdfSync("sha256", key, "", "restante reader session", KEY_OCTETS));
    this.cookieName = `restante_${Buffer.from(hkdfSync("sha256", key, "", "restante cookie name", 4)).toString("hex")}`;
  }

  /** What a cookie holds: good for connections of `user` of this machine, or for any where that is not known. */
  newSession(user: number | undefined, now = Date.now()): string {
    const text = `${randomBytes(16).toString("base64url")}.${now.toString(36)}.${user ?? ANYBODY}`;
    return `${text}.${this.#sign(text)}`;
  }

  /** The session that `cookie` is; undefined when it is none, or none any more. */
  sessionOf(cookie: string, now = Date.now()): Session | undefined {
    const [, text, issued, user, signature] = SESSION.exec(cookie) ?? [];
    if (text === undefined || issued === undefined || signature === undefined) return undefined;
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(text)))) return undefined;
    const age = now - Number.parseInt(issued, 36);
    if (age >= SESSION_MS || age <= -86_400_000) return undefined;
    return { user: user === ANYBODY ? undefined : Number(user) };
  }

  /** The whole Set-Cookie field. */
  cookieFor(session: string, o: { readonly isHttps: boolean }): string {
    const secure = o.isHttps ? "; Secure" : "";
    return `${this.cookieName}=${session}; Path=/; Max-Age=${SESSION_MS / 1_000}; HttpOnly; SameSite=Strict${secure}`;
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}

/** Reads the key, or makes it. Throws WebKeyError. */
export function openWebKey(file: string): WebKey {
  try {
    return new WebKey(readKey(file) ?? makeKey(file));
  } catch (cause) {
    if (cause instanceof WebKeyError) throw cause;
    throw new WebKeyError(`the key of the reader, ${file}, cannot be used (${codeOf(cause)})`, { cause });
  }
}

export class WebKeyError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "WebKeyError";
  }
}

function readKey(file: string): Uint8Array | undefined {
  let key: Buffer;
  try {
    key = readFileSync(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  if (key.length !== KEY_OCTETS)
    throw new WebKeyError(`${file} is no key of ${KEY_OCTETS} octets; remove it, and browsers are let in anew`);
  if ((statSync(file).mode & 0o077) !== 0)
    throw new WebKeyError(`others can read ${file}; remove it, and browsers are let in anew`);
  return key;
}

function makeKey(file: string): Uint8Array {
  const key = randomBytes(KEY_OCTETS);
  makeFolder(dirname(file));
  const fresh = openSync(`${file}.new`, "w", 0o600);
  try {
    writeSync(fresh, key);
    fsyncSync(fresh);
  } finally {
    closeSync(fresh);
  }
  renameSync(`${file}.new`, file);
  return key;
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
