// What was dropped or chosen, as files to send: an mbox, messages, or the messages of a Maildir.

export type MailFormat = "mbox" | "eml" | "maildir";

export interface MailFile {
  readonly file: File;
  readonly format: MailFormat;
}

/** Files of a folder come with their path; `tmp` of a Maildir holds what was never delivered. */
export function mailFilesOf(files: readonly { readonly file: File; readonly path: string }[]): readonly MailFile[] {
  return files.flatMap(({ file, path }) => {
    const folder = path.split("/").at(-2) ?? "";
    if (folder === "cur" || folder === "new") return [{ file, format: "maildir" as const }];
    if (folder === "tmp" || file.name.startsWith(".") || file.size === 0) return [];
    return [{ file, format: formatOf(file.name) }];
  });
}

/** Thunderbird's mailboxes have no ending at all. */
function formatOf(name: string): MailFormat {
  return /\.(?:eml|email|mht|mhtml)$/i.test(name) ? "eml" : "mbox";
}

const FILES_MAX = 200_000;

/** Of a drop: files, and those in folders, with their paths. */
export async function filesOfDrop(
  transfer: DataTransfer,
): Promise<readonly { readonly file: File; readonly path: string }[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const found: { file: File; path: string }[] = [];
  const waiting = entries.filter((entry) => entry !== null);
  for (let entry = waiting.pop(); entry !== undefined && found.length < FILES_MAX; entry = waiting.pop()) {
    if (isFile(entry)) found.push({ file: await fileOf(entry), path: entry.fullPath });
    else if (isFolder(entry)) waiting.push(...(await entriesOf(entry)));
  }
  return found;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A folder gives its entries in parts, the last of which is empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
