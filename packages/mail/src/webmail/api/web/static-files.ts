// The built pages of the reader. What is served is what was found in their folder: no path of a request reaches the disk.
import { readFile, readdir, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};
const FILES_MAX = 2_000;

export interface StaticFile {
  readonly content: Buffer;
  /** Undefined where it would be no smaller. */
  readonly brotli: Buffer | undefined;
  readonly type: string;
  /** Its name changes with its content. */
  readonly isHashed: boolean;
}

export class StaticFiles {
  readonly #folder: string;
  /** Being listed, or listed: whoever asks meanwhile waits for the same list. */
  #files: Promise<ReadonlyMap<string, string>> = Promise.resolve(new Map());
  readonly #read = new Map<string, Promise<StaticFile>>();
  #seenAt = -1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** By its path, such as `/assets/index-4f2a.js`; undefined when there is none. A fresh build is noticed. */
  async find(path: string): Promise<StaticFile | undefined> {
    const file = (await this.#look()).get(path);
    if (file === undefined) return undefined;
    const read = this.#read.get(path) ?? readStatic(file, path);
    this.#read.set(path, read);
    read.catch(() => this.#read.delete(path));
    return read;
  }

  async #look(): Promise<ReadonlyMap<string, string>> {
    const builtAt = await changedAt(join(this.#folder, "index.html"));
    if (builtAt !== this.#seenAt) {
      this.#seenAt = builtAt;
      this.#read.clear();
      this.#files = builtAt === 0 ? Promise.resolve(new Map()) : listFiles(this.#folder);
      // A folder that cannot be listed now is tried again.
      this.#files.catch(() => (this.#seenAt = -1));
    }
    return this.#files;
  }
}

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0; // not built
  }
}

async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .slice(0, FILES_MAX)
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [`/${relative(folder, file).split(sep).join("/")}`, file]));
}

const compress = promisify(brotliCompress);
const COMPRESSIBLE = /text|javascript|json|svg/;

async function readStatic(file: string, path: string): Promise<StaticFile> {
  const content = await readFile(file);
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  const isHashed = path.startsWith("/assets/");
  if (!COMPRESSIBLE.test(type)) return { content, brotli: undefined, type, isHashed };
  const small = await compressedAhead(file, content);
  return { content, brotli: small.length < content.length ? small : undefined, type, isHashed };
}

/** As the build left it beside the file; files that were put there otherwise are compressed now. */
async function compressedAhead(file: string, content: Buffer): Promise<Buffer> {
  try {
    return await readFile(`${file}.br`);
  } catch {
    return compress(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  }
}
