// The secret beside the store: 32 random octets without which a stolen store proves no password.
import { createHash, createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import { link, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../files/index.ts";

const KEY_OCTETS = 32;

/** The key file is lost, open to others or damaged. The message is for the person at the keyboard and says what to do. */
export class KeyFileError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "KeyFileError";
  }
}

/** The key of the house, with a name that tells keys apart and says nothing about them. */
export interface HouseKey {
  readonly secret: KeyObject;
  /** Stands in every verifier made with the key, so that a lost key is not taken for a wrong password. */
  readonly id: string;
}

/** Reads the key file. Undefined when there is none; throws KeyFileError when others may read it or it is damaged. */
export async function readKeyFile(path: string): Promise<HouseKey | undefined> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new KeyFileError(`cannot read the key file ${path}: ${error.message}`, { cause: error });
  });
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new KeyFileError(`the key file ${path} is not a file: move away what is there`);
    const mode = status.mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new KeyFileError(`the key file ${path} has mode ${octal(mode)}, others may use it: run chmod 600 ${path}`);
    }
    if (status.size !== KEY_OCTETS) {
      throw new KeyFileError(
        `the key file ${path} is damaged: it has ${status.size} octets, not ${KEY_OCTETS}; restore it from a backup`,
      );
    }
    return houseKey(await file.readFile());
  } finally {
    await file.close();
  }
}

function houseKey(octets: Uint8Array): HouseKey {
  return { secret: createSecretKey(octets), id: createHash("sha256").update(octets).digest("hex").slice(0, 8) };
}

/** Makes a new key file, whole and durable or not at all; of two makers at once, both get the first one's key. */
export async function createKeyFile(path: string): Promise<HouseKey> {
  const draft = `${path}.${randomBytes(8).toString("hex")}.new`;
  try {
    await writeDurably(draft, randomBytes(KEY_OCTETS));
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } catch (error) {
    throw new KeyFileError(`cannot create the key file ${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    await unlink(draft).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  await syncFolder(dirname(path));
  const key = await readKeyFile(path);
  if (key === undefined) throw new KeyFileError(`the key file ${path} vanished as it was made`);
  return key;
}

async function writeDurably(path: string, octets: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(octets);
    await file.sync();
  } finally {
    await file.close();
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
