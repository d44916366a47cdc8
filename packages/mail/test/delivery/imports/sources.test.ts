import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  guessFormat,
  openSource,
  SourceError,
  type MailFormat,
  type SourceEntry,
  type SourceMessage,
  type SourceOptions,
} from "../../../src/delivery/index.ts";
import { readMaildirName } from "../../../src/delivery/imports/maildir.ts";
import { decodeModifiedUtf7, encodeModifiedUtf7 } from "../../../src/delivery/imports/modified-utf7.ts";
import { decodeSegment, encodeSegment } from "../../../src/delivery/imports/segments.ts";
import { temporaryFolder } from "../post-office.ts";

async function folderWith(context: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder(context);
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.from(text, "latin1"));
  }
  return root;
}

async function textOf(message: SourceMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of message.open()) parts.push(chunk);
  return Buffer.concat(parts).toString("latin1");
}

async function entriesOf(o: SourceOptions & { readonly format?: MailFormat }): Promise<readonly SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for await (const entry of (await openSource(o)).entries()) entries.push(entry);
  return entries;
}

async function messagesIn(o: SourceOptions & { readonly format?: MailFormat }): Promise<readonly SourceMessage[]> {
  const entries = await entriesOf(o);
  assert.deepEqual(
    entries.filter((entry) => entry.kind === "skipped"),
    [],
  );
  return entries.filter((entry) => entry.kind === "message");
}

async function textsIn(o: SourceOptions & { readonly format?: MailFormat }): Promise<readonly string[]> {
  return Promise.all((await messagesIn(o)).map(textOf));
}

// mbox: hand-written files and the messages in them, after mbox(5) and RFC 4155.
const A = "From ann@b.example Mon Mar  2 08:15:00 2026";
const B = "From bob@b.example Tue Mar  3 08:15:00 2026";
const MBOXES: readonly (readonly [name: string, file: string, messages: readonly string[]])[] = [
  ["two messages", `${A}\nS: 1\n\nx\n\n${B}\nS: 2\n\ny\n\n`, ["S: 1\n\nx\n", "S: 2\n\ny\n"]],
  [
    "CRLF line ends",
    `${A}\r\nS: 1\r\n\r\nx\r\n\r\n${B}\r\nS: 2\r\n\r\ny\r\n\r\n`,
    ["S: 1\r\n\r\nx\r\n", "S: 2\r\n\r\ny\r\n"],
  ],
  ["no blank line at the end", `${A}\nS: 1\n\nx\n`, ["S: 1\n\nx\n"]],
  ["no line end at the end", `${A}\nS: 1\n\nx`, ["S: 1\n\nx"]],
  [
    "a message that ends with blank lines keeps all but one",
    `${A}\nS: 1\n\nx\n\n\n\n${B}\ny\n\n`,
    ["S: 1\n\nx\n\n\n", "y\n"],
  ],
  ["quoted lines", `${A}\n>From me\n>>From me\n>from me\n> From me\n\n`, ["From me\n>From me\n>from me\n> From me\n"]],
  [
    "prose that begins like a separator",
    `${A}\nS: 1\n\nFrom here on\n\nFrom Monday to Friday\n\n${B}\ny\n\n`,
    ["S: 1\n\nFrom here on\n\nFrom Monday to Friday\n", "y\n"],
  ],
  ["a separator without a blank line before it", `${A}\nx\n${B}\ny\n\n`, ["x\n", "y\n"]],
  ["empty messages", `${A}\n\n${B}\n\n`, ["", ""]],
  ["a separator and nothing else", `${A}\n`, [""]],
  ["a separator without its line end", A, [""]],
  ["a first separator without a date", `From nobody\nS: 1\n\nx\n\n`, ["S: 1\n\nx\n"]],
  ["blank lines before the first separator", `\n\r\n${A}\nx\n\n`, ["x\n"]],
  ["NUL and bare CR", `${A}\nx\0\ry\n\n`, ["x\0\ry\n"]],
  ["an empty file", "", []],
];

for (const [name, file, messages] of MBOXES) {
  test(`mbox: ${name}`, async (context) => {
    const root = await folderWith(context, { "mail.mbox": file });
    assert.deepEqual(await textsIn({ path: join(root, "mail.mbox") }), messages);
  });
}

test("mbox: a separator is found wherever the blocks of the scan are cut", async (context) => {
  const texts = Array.from({ length: 40 }, (_, at) => `S: ${at}\n\n${"x".repeat(65_536 * 4 - 80 + at)}\n`);
  const root = await folderWith(context, { "mail.mbox": texts.map((text) => `${A}\n${text}\n`).join("") });
  const found = await textsIn({ path: join(root, "mail.mbox") });
  assert.equal(found.length, 40);
  assert.ok(found.every((text, at) => text === texts[at]));
});

test("mbox: time, flags and progress come with each message", async (context) => {
  const file = `${A}\nStatus: RO\nX-Status: AF\n\nx\n\n${B}\nS: 2\n\nStatus: R\n\n`;
  const root = await folderWith(context, { "mail.mbox": file });
  const path = join(root, "mail.mbox");
  const found = await messagesIn({ path, mailbox: "Old" });
  assert.deepEqual(
    found.map(({ mailbox, keywords, receivedAt, position }) => ({ mailbox, keywords, receivedAt, position })),
    [
      {
        mailbox: "Old",
        keywords: ["$seen", "$answered", "$flagged"],
        receivedAt: Date.UTC(2026, 2, 2, 8, 15),
        position: file.indexOf(B),
      },
      { mailbox: "Old", keywords: [], receivedAt: Date.UTC(2026, 2, 3, 8, 15), position: file.length },
    ],
  );
  assert.deepEqual(await (await openSource({ path })).measure(), { unit: "octets", total: file.length });
});

test("mbox: the older quoting and none at all are read when asked for", async (context) => {
  const root = await folderWith(context, { "mail.mbox": `${A}\n>From a\n>>From b\n\n` });
  const path = join(root, "mail.mbox");
  assert.deepEqual(await textsIn({ path, quoting: "mboxo" }), ["From a\n>>From b\n"]);
  assert.deepEqual(await textsIn({ path, quoting: "none" }), [">From a\n>>From b\n"]);
});

test("mbox: a folder of them becomes mailboxes, as Thunderbird keeps them", async (context) => {
  const one = `${A}\nx\n\n`;
  const root = await folderWith(context, {
    INBOX: one,
    "INBOX.msf": "index",
    "Archive.mbox": one,
    "Archive.sbd/2024": one,
    Empty: "",
    ".hidden": one,
  });
  const entries = await entriesOf({ path: root, format: "mbox" });
  assert.deepEqual(
    entries.map((entry) => (entry.kind === "message" ? entry.mailbox : `${entry.name} ${entry.reason}`)),
    ['INBOX.msf does not begin with "From ": not an mbox', "Archive", "Archive/2024", "INBOX"],
  );
});

test("mbox: what is none, is not there or is a pipe is refused without waiting", async (context) => {
  const root = await folderWith(context, { text: "just text\n" });
  await assert.rejects(entriesOf({ path: join(root, "text") }), /not an mbox/);
  await assert.rejects(entriesOf({ path: join(root, "nothing") }), SourceError);
  execFileSync("mkfifo", [join(root, "pipe")]);
  await assert.rejects(entriesOf({ path: join(root, "pipe") }), {
    message: `${join(root, "pipe")}: is not a regular file`,
  });
});

// https://cr.yp.to/proto/maildir.html; names as Dovecot, Courier, qmail and Postfix write them.
const NAMES: readonly (readonly [string, ReturnType<typeof readMaildirName>])[] = [
  [
    "1772439300.M20P3.host,S=1234,W=1260:2,FS",
    { unique: "1772439300.M20P3.host,S=1234,W=1260", flags: "FS", octets: 1_234, seconds: 1_772_439_300 },
  ],
  ["1772439300.3.host", { unique: "1772439300.3.host", flags: "", octets: undefined, seconds: 1_772_439_300 }],
  [
    "1772439300.V801I3.host:2,",
    { unique: "1772439300.V801I3.host", flags: "", octets: undefined, seconds: 1_772_439_300 },
  ],
  [
    "1772439300.host:1,experimental",
    { unique: "1772439300.host", flags: "", octets: undefined, seconds: 1_772_439_300 },
  ],
  ["message", { unique: "message", flags: "", octets: undefined, seconds: undefined }],
];

test("maildir: a name says unique part, flags, size and time", () => {
  for (const [name, said] of NAMES) assert.deepEqual(readMaildirName(name), said);
});

test("maildir: messages of new and cur come oldest first, with flags, time and folders", async (context) => {
  const root = await folderWith(context, {
    "cur/1700000002.a.host,S=3:2,RSF": "two",
    "cur/1700000001.b.host:2,Sa": "one",
    "new/1700000003.c.host": "three",
    "tmp/1700000000.d.host": "not yet a message",
    "dovecot-keywords": "0 work\n1 $label\n",
    ".Sent/cur/1700000004.e.host:2,DPT": "sent",
    ".Archive.2024/new/1700000005.f.host": "archived",
    ".Entw&APw-rfe/cur/1700000006.g.host:2,": "draft",
    "Lists/pop/cur/1700000007.h.host:2,": "list",
    "new/.hidden": "x",
  });
  for (const [name, seconds] of [
    ["cur/1700000002.a.host,S=3:2,RSF", 1_700_000_002],
    ["cur/1700000001.b.host:2,Sa", 1_600_000_000],
    ["new/1700000003.c.host", 1_800_000_000],
  ] as const) {
    await utimes(join(root, name), seconds, seconds);
  }
  const found = await messagesIn({ path: root });
  const told = found.map(async (message) => [
    message.mailbox,
    [...message.keywords].sort().join(" "),
    await textOf(message),
  ]);
  assert.deepEqual(await Promise.all(told), [
    ["INBOX", "$seen work", "one"],
    ["INBOX", "$answered $flagged $seen", "two"],
    ["INBOX", "", "three"],
    ["Archive/2024", "", "archived"],
    ["Entwürfe", "", "draft"],
    ["Sent", "$deleted $draft $forwarded", "sent"],
    ["Lists/pop", "", "list"],
  ]);
  assert.deepEqual(
    found.slice(0, 3).map(({ receivedAt }) => receivedAt),
    [1_600_000_000_000, 1_700_000_002_000, 1_700_000_003_000],
  );
  assert.deepEqual(await (await openSource({ path: root })).measure(), { unit: "messages", total: 7 });
  assert.deepEqual(
    [...new Set((await messagesIn({ path: root, mailbox: "Old" })).map(({ mailbox }) => mailbox))],
    ["Old", "Old/Archive/2024", "Old/Entwürfe", "Old/Sent", "Old/Lists/pop"],
  );
});

test("maildir: links, pipes, folders and files that were cut off are left out and told", async (context) => {
  const root = await folderWith(context, {
    "cur/1.ok.host:2,": "ok",
    "cur/2.cut.host,S=10:2,": "short",
    secret: "not mail",
  });
  await symlink(join(root, "secret"), join(root, "cur", "3.link.host"));
  await mkdir(join(root, "cur", "4.folder.host"));
  execFileSync("mkfifo", [join(root, "cur", "5.pipe.host")]);
  await mkdir(join(root, "elsewhere", "cur"), { recursive: true });
  await writeFile(join(root, "elsewhere", "cur", "6.x.host"), "by a link");
  await symlink(join(root, "elsewhere"), join(root, ".Linked"));
  const entries = await entriesOf({ path: root });
  assert.deepEqual(
    entries.map((entry) => (entry.kind === "message" ? `${entry.mailbox} ${entry.name}` : entry.reason)),
    [
      "INBOX INBOX: cur/1.ok.host:2,",
      "has 5 octets where its name says 10: cut off or compressed",
      "is a symbolic link",
      "is not a regular file",
      "is not a regular file",
      "elsewhere elsewhere: cur/6.x.host",
    ],
  );
});

test("maildir: a message that a mail program moves or flags meanwhile is still read", async (context) => {
  const root = await folderWith(context, { "new/1.a.host": "moved" });
  const [message] = await messagesIn({ path: root, format: "maildir" });
  await mkdir(join(root, "cur"));
  await rename(join(root, "new", "1.a.host"), join(root, "cur", "1.a.host:2,S"));
  assert.ok(message !== undefined);
  assert.equal(await textOf(message), "moved");
});

test("eml: a folder and its subfolders, by name; other files and links are not touched", async (context) => {
  const root = await folderWith(context, {
    "b.eml": "b",
    "a.EML": "a",
    "note.txt": "no",
    "Work/c.eml": "c",
    "Work/a%2Fb/d.eml": "d",
    ".hidden/e.eml": "no",
  });
  await symlink(join(root, "note.txt"), join(root, "link.eml"));
  const entries = await entriesOf({ path: root });
  const told = entries.map(async (entry) =>
    entry.kind === "message" ? `${entry.mailbox}: ${await textOf(entry)}` : `${entry.name} ${entry.reason}`,
  );
  assert.deepEqual(await Promise.all(told), [
    "INBOX: a",
    "INBOX: b",
    "link.eml is a symbolic link",
    "Work: c",
    "Work/a/b: d",
  ]);
  assert.deepEqual(
    (await messagesIn({ path: join(root, "Work"), format: "eml", mailbox: "Job" })).map(({ mailbox }) => mailbox),
    ["Job", "Job/a/b"],
  );
});

test("the format of a path is guessed from what is there", async (context) => {
  const root = await folderWith(context, {
    "maildir/cur/1.a": "x",
    "maildirs/anna/cur/1.a": "x",
    "eml/a.eml": "x",
    "emls/sub/a.eml": "x",
    "mboxes/Archive": `${A}\nx\n`,
    file: `${A}\nx\n`,
  });
  for (const [name, format] of [
    ["maildir", "maildir"],
    ["maildirs", "maildir"],
    ["eml", "eml"],
    ["emls", "eml"],
    ["mboxes", "mbox"],
    ["file", "mbox"],
  ] as const) {
    assert.equal(await guessFormat(join(root, name)), format, name);
  }
  await assert.rejects(guessFormat(join(root, "nothing")), /is not there/);
});

test("mailbox names go through modified UTF-7 and file names unchanged", () => {
  // RFC 3501 §5.1.3 has the first example.
  for (const [plain, coded] of [
    ["~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"],
    ["Entwürfe", "Entw&APw-rfe"],
    ["A & B", "A &- B"],
    ["😀", "&2D3eAA-"],
  ] as const) {
    assert.equal(encodeModifiedUtf7(plain, /[^\s\S]/), coded);
    assert.equal(decodeModifiedUtf7(coded), plain);
  }
  for (const text of ["half &", "half &AP", "Entwürfe"]) assert.equal(decodeModifiedUtf7(text), text);
  assert.equal(decodeModifiedUtf7(encodeModifiedUtf7("v1.2", /\./)), "v1.2");
  for (const name of [
    "a/b",
    "..",
    ".hidden",
    "100%",
    "a%2Fb",
    'q?<>|:*"',
    "tail.",
    "tail ",
    "\u0007",
    "日本語",
    "plain",
  ]) {
    assert.doesNotMatch(encodeSegment(name), /[/\\:*?"<>|]|^\.|[. ]$/);
    assert.equal(decodeSegment(encodeSegment(name)), name);
  }
  assert.equal(decodeSegment("100% and %zz and %41"), "100% and %zz and %41");
});
