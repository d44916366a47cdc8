// A file for each message, whole or not there: written beside its place, on the disk, and then given its name.
import { hash } from "node:crypto";
import { open, link, unlink } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../files/index.ts";
import { CliError } from "../../failure.ts";

const NAME_OCTETS_MAX = 200;

/** The names of the files of one listing's messages, none of which two messages share. */
export class FileNames {
  readonly #shared: ReadonlySet<string>;
  readonly #counts = new Map<string, number>();

  /** Of the unique-ids that several messages have. */
  constructor(shared: readonly string[]) {
    this.#shared = new Set(shared);
  }

  /** Of its unique-id, since numbers change from session to session. Undefined: only its octets tell it from others. */
  of({ uniqueId }: Named): string | undefined {
    if (uniqueId === null || this.#shared.has(uniqueId)) return undefined;
    return `${safe(uniqueId)}.eml`;
  }

  /** Of one that has no unique-id of its own, by the SHA-256 of its octets; equal ones are counted. */
  byOctets({ uniqueId }: Named, sha256: string): string {
    // No unique-id is written with a tilde of its own.
    const name = `${uniqueId === null ? "message" : safe(uniqueId)}~${sha256.slice(0, HASH_DIGITS)}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return `${name}${count > 1 ? `-${count}` : ""}.eml`;
  }
}

interface Named {
  readonly uniqueId: string | null;
}

const HASH_DIGITS = 32;

/** A unique-id may hold any printable character (RFC 1939 §7), a slash among them, and be "..". */
function safe(uniqueId: string): string {
  const escaped = uniqueId.replace(
    /[^A-Za-z0-9_.=@+-]|^[.-]/g,
    (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  if (escaped.length <= NAME_OCTETS_MAX) return escaped;
  const digest = hash("sha256", Buffer.from(uniqueId, "latin1"), "hex").slice(0, HASH_DIGITS);
  return `${escaped.slice(0, NAME_OCTETS_MAX - HASH_DIGITS - 1)}~${digest}`;
}

/** Makes the directory. Throws CliError `no-target`. */
export function makeDirectory(directory: string): void {
  try {
    makeFolder(directory);
  } catch (cause) {
    throw cannot(directory, cause);
  }
}

export interface MessageFile {
  /** Undefined: `nameByOctets` is asked when all of them came. */
  readonly name: string | undefined;
  readonly nameByOctets: () => string;
  readonly octets: () => AsyncIterable<Uint8Array>;
}

export interface WrittenFile {
  readonly file: string;
  /** False: a file of this name was there already, which is left as it is. */
  readonly written: boolean;
}

/** Rejects with what `octets` throws. */
export async function writeMessageFile(
  directory: string,
  { name, nameByOctets, octets }: MessageFile,
): Promise<WrittenFile> {
  if (name !== undefined && (await isThere(join(directory, name)))) return { file: name, written: false };
  // One at a time: no other of this process has the name.
  const beside = join(directory, `restante.part-${process.pid}`);
  const opened = await open(beside, "w", 0o600).catch((cause: unknown) => {
    throw cannot(beside, cause);
  });
  try {
    try {
      for await (const chunk of octets()) await opened.writeFile(chunk);
      await opened.sync();
    } finally {
      await opened.close();
    }
    const file = name ?? nameByOctets();
    return { file, written: await named(beside, join(directory, file)) };
  } finally {
    await unlink(beside);
  }
}

/** A link never replaces what is there, which a rename would. */
async function named(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cannot(to, cause);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await (await open(path, "r")).close();
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cannot(path, cause);
  }
}

function cannot(path: string, cause: unknown): CliError {
  const { code } = cause as NodeJS.ErrnoException;
  return new CliError("no-target", `${path} cannot be written (${code ?? "unknown"}); choose another --output`, {
    cause,
  });
}
