// Reads an mbox file, or a folder of them, with LF or CRLF line ends (RFC 4155, mbox(5)).
// The file is scanned once for separators; a message is read from its range when it is opened, so nothing whole is held.
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { MailSource, SourceEntry, SourceMessage, SourceOptions } from "./contract.ts";
import { firstField } from "../header-fields.ts";
import { SourceError } from "./contract.ts";
import { listFolder, openFile, readAt, readRange, refusalOf, resolveRoot, type OpenFile } from "./files.ts";
import { readFromLine } from "./from-line.ts";
import { FromQuoting } from "./from-quoting.ts";
import { keywordsOfMboxStatus } from "./keywords.ts";
import { decodeSegment } from "./segments.ts";

const SCAN_OCTETS = 262_144;
const SEPARATOR_OCTETS_MAX = 1_024;
const HEAD_OCTETS = 16_384;
const FOLDER_DEPTH_MAX = 32;
const WORD = Buffer.from("From ");
const BREAK = Buffer.from("\nFrom ");

interface MboxFile {
  readonly path: string;
  readonly name: string;
  readonly mailbox: string;
  readonly octets: number;
}

/** Opens an mbox file or a folder of them for reading. Throws SourceError. */
export async function openMbox(o: SourceOptions): Promise<MailSource> {
  const root = await resolveRoot(o.path);
  const files: MboxFile[] = [];
  const skipped: SourceEntry[] = [];
  if (root.stats.isDirectory()) await findFiles({ path: root.path, names: [], root: o.mailbox, files, skipped });
  else files.push({ path: root.path, name: o.path, mailbox: o.mailbox ?? "INBOX", octets: root.stats.size });
  return {
    format: "mbox",
    measure: async () => ({ unit: "octets", total: files.reduce((sum, file) => sum + file.octets, 0) }),
    async *entries() {
      yield* skipped;
      let before = 0;
      for (const file of files) {
        yield* entriesOf(file, { before, quoting: o.quoting ?? "mboxrd" });
        before += file.octets;
      }
    },
  };
}

async function findFiles(o: {
  readonly path: string;
  readonly names: readonly string[];
  readonly root: string | undefined;
  readonly files: MboxFile[];
  readonly skipped: SourceEntry[];
}): Promise<void> {
  if (o.names.length > FOLDER_DEPTH_MAX) return;
  for (const entry of await listFolder(o.path)) {
    if (entry.name.startsWith(".")) continue;
    const path = join(o.path, entry.name);
    // Thunderbird keeps the children of Name in Name.sbd and an index in Name.msf.
    const names = [...o.names, decodeSegment(entry.name.replace(/\.(?:mbox|sbd)$/i, ""))];
    if (entry.isDirectory()) {
      await findFiles({ ...o, path, names });
      continue;
    }
    const name = [...o.names, entry.name].join("/");
    const refusal = refusalOf(entry) ?? (await refusalOfContent(path));
    const mailbox = [...(o.root === undefined ? [] : [o.root]), ...names].join("/");
    if (refusal === undefined)
      o.files.push({
        path,
        name,
        mailbox: isInbox(names, o.root) ? (o.root ?? "INBOX") : mailbox,
        octets: await sizeOf(path),
      });
    else if (refusal !== EMPTY) o.skipped.push({ kind: "skipped", name, reason: refusal, position: 0 });
  }
}

const EMPTY = "is empty";
const NO_MBOX = 'does not begin with "From ": not an mbox';

function isInbox(names: readonly string[], root: string | undefined): boolean {
  return root === undefined && names.length === 1 && names[0]?.toUpperCase() === "INBOX";
}

async function refusalOfContent(path: string): Promise<string | undefined> {
  const { handle, stats } = await openFile(path);
  try {
    if (stats.size === 0) return EMPTY;
    const start = await skipBlankLines(handle);
    return WORD.equals(await readAt(handle, start, WORD.length)) ? undefined : NO_MBOX;
  } finally {
    await handle.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  const { handle, stats } = await openFile(path);
  await handle.close();
  return stats.size;
}

async function* entriesOf(
  file: MboxFile,
  o: { readonly before: number; readonly quoting: "mboxrd" | "mboxo" | "none" },
): AsyncGenerator<SourceEntry> {
  const { handle, stats } = await openNamed(file);
  try {
    const first = await skipBlankLines(handle);
    if (first >= stats.size) return;
    if (!WORD.equals(await readAt(handle, first, WORD.length)))
      throw new SourceError(
        `${file.name}: ${NO_MBOX}; single messages are a folder of .eml files (--format eml), or for restante deliver`,
      );
    let open: Separator | undefined;
    for await (const separator of separatorsOf(handle, { first, end: stats.size })) {
      if (open !== undefined)
        yield await messageOf({ file, handle, separator: open, end: separator.start, ...o, modifiedAt: stats.mtimeMs });
      open = separator;
    }
    if (open !== undefined)
      yield await messageOf({ file, handle, separator: open, end: stats.size, ...o, modifiedAt: stats.mtimeMs });
  } finally {
    await handle.close();
  }
}

/** What is wrong with it is told with its name: it may be the only file there is. */
async function openNamed({ path, name }: MboxFile): Promise<OpenFile> {
  try {
    return await openFile(path);
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
    throw new SourceError(`${name}: ${cause.message}`, { cause });
  }
}

interface Separator {
  readonly start: number;
  /** Where the message begins. */
  readonly bodyStart: number;
  readonly receivedAt: number | undefined;
}

/** The separator lines, in order. The first line is one whatever its date; later ones must have one (RFC 4155 appendix A). */
async function* separatorsOf(
  handle: FileHandle,
  o: { readonly first: number; readonly end: number },
): AsyncGenerator<Separator> {
  yield (await separatorAt(handle, o.first, true)) as Separator;
  let at = o.first;
  while (at < o.end) {
    const block = await readAt(handle, at, SCAN_OCTETS);
    if (block.length < BREAK.length) return;
    for (let found = block.indexOf(BREAK); found !== -1; found = block.indexOf(BREAK, found + 1)) {
      const separator = await separatorAt(handle, at + found + 1, false);
      if (separator !== undefined) yield separator;
    }
    at += block.length - (BREAK.length - 1); // a break may lie across two blocks
  }
}

async function separatorAt(handle: FileHandle, start: number, isFirst: boolean): Promise<Separator | undefined> {
  const octets = await readAt(handle, start, SEPARATOR_OCTETS_MAX);
  const lineEnd = octets.indexOf(10);
  const line = octets.toString("latin1", 0, lineEnd === -1 ? octets.length : lineEnd).replace(/\r$/, "");
  const read = readFromLine(line);
  if (read === undefined && !isFirst) return undefined;
  return { start, bodyStart: start + (lineEnd === -1 ? octets.length : lineEnd + 1), receivedAt: read?.at };
}

async function messageOf(o: {
  readonly file: MboxFile;
  readonly handle: FileHandle;
  readonly separator: Separator;
  readonly end: number;
  readonly before: number;
  readonly quoting: "mboxrd" | "mboxo" | "none";
  readonly modifiedAt: number;
}): Promise<SourceMessage> {
  const { separator, file } = o;
  const start = separator.bodyStart;
  const end = await withoutBlankLine(o.handle, start, o.end);
  const head = await readAt(o.handle, start, Math.min(HEAD_OCTETS, Math.max(0, end - start)));
  const status = `${firstField(head, "Status") ?? ""}${firstField(head, "X-Status") ?? ""}`;
  return {
    kind: "message",
    name: `${file.name}: message at octet ${separator.start}`,
    mailbox: file.mailbox,
    keywords: keywordsOfMboxStatus(status),
    receivedAt: separator.receivedAt,
    modifiedAt: Math.floor(o.modifiedAt),
    position: o.before + o.end,
    open: () => readMessage(file.path, { start, end, quoting: o.quoting }),
  };
}

/** RFC 4155: an empty line ends a message; it is not part of it. */
async function withoutBlankLine(handle: FileHandle, start: number, end: number): Promise<number> {
  const from = Math.max(start, end - 4);
  const tail = (await readAt(handle, from, end - from)).toString("latin1");
  if (tail.endsWith("\r\n\r\n") || (from === start && tail === "\r\n")) return end - 2;
  return tail.endsWith("\n\n") || tail.endsWith("\n\r\n") || (from === start && tail === "\n")
    ? end - (tail.endsWith("\r\n") ? 2 : 1)
    : end;
}

async function* readMessage(
  path: string,
  o: { readonly start: number; readonly end: number; readonly quoting: "mboxrd" | "mboxo" | "none" },
): AsyncGenerator<Uint8Array> {
  const { handle } = await openFile(path);
  try {
    const quoting = FromQuoting.unquoting(o.quoting);
    for await (const block of readRange(handle, o)) yield* quoting.push(block);
    yield* quoting.end();
  } finally {
    await handle.close();
  }
}

async function skipBlankLines(handle: FileHandle): Promise<number> {
  const block = await readAt(handle, 0, SEPARATOR_OCTETS_MAX);
  const start = block.findIndex((octet) => octet !== 10 && octet !== 13);
  return start === -1 ? block.length : start;
}
