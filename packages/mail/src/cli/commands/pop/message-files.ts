// A file for each message, whole or not there: written beside its place, on the disk, and then given its name.
import { open, link, unlink } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../files/index.ts";
import { CliError } from "../../failure.ts";

const NAME_OCTETS_MAX = 200;

/** The name of a message's file: its unique-id where it has one, since numbers change from session to session. */
export function fileNameOf(o: { readonly n: number; readonly uniqueId: string | null }): string {
  if (o.uniqueId === null) return `message-${o.n}.eml`;
  // A unique-id may hold any printable character (RFC 1939 §7), a slash among them, and be "..".
  const safe = o.uniqueId.replace(
    /[^A-Za-z0-9_.=@+-]|^[.-]/g,
    (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return `${safe.slice(0, NAME_OCTETS_MAX)}.eml`;
}

/** Makes the directory. Throws CliError `no-target`. */
export function makeDirectory(directory: string): void {
  try {
    makeFolder(directory);
  } catch (cause) {
    throw cannot(directory, cause);
  }
}

/** Resolves with false when a file of this name is there already, which is left as it is. Rejects with what `octets` throws. */
export async function writeMessageFile(
  directory: string,
  o: { readonly name: string; readonly octets: () => AsyncIterable<Uint8Array> },
): Promise<boolean> {
  const path = join(directory, o.name);
  const beside = `${path}.part-${process.pid}`;
  if (await isThere(path)) return false;
  const file = await open(beside, "w", 0o600).catch((cause: unknown) => {
    throw cannot(path, cause);
  });
  try {
    try {
      for await (const chunk of o.octets()) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    return await named(beside, path);
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
