// What writing is made of, without a browser: recipients as typed, text from a document and back, signatures, keeping.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  beginsLike,
  chipText,
  isAddress,
  readAddresses,
  withAddresses,
} from "../../../src/webmail/ui/compose/addresses.ts";
import {
  documentText,
  type DocumentNode,
  hasFormatting,
  partedAtQuote,
  textDocument,
} from "../../../src/webmail/ui/compose/document-text.ts";
import { DraftKeeper, type Kept } from "../../../src/webmail/ui/compose/draft-keeper.ts";
import { speaksOfAttachment } from "../../../src/webmail/ui/compose/forgotten-attachment.ts";
import { linkOf } from "../../../src/webmail/ui/compose/link-of.ts";
import { withOtherSignature } from "../../../src/webmail/ui/compose/signature.ts";
import { Refusal } from "../../../src/webmail/ui/data/refusal.ts";
import { mailFilesOf } from "../../../src/webmail/ui/organise/dropped-mail.ts";
import type { Draft } from "../../../src/webmail/api/schema/index.ts";
import { EMPTY_DRAFT } from "../empty-draft.ts";

test("a line of recipients is parted where people part it, and nowhere else", () => {
  assert.deepEqual(readAddresses('Mina <mina@harbour.example>, "Okafor, Pat" <pat@x.example>; jo@x.example'), [
    { name: "Mina", address: "mina@harbour.example" },
    { name: "Okafor, Pat", address: "pat@x.example" },
    { name: "", address: "jo@x.example" },
  ]);
});

test("what is no address stays, to be corrected", () => {
  const [one] = readAddresses("not an address");
  assert.deepEqual(one, { name: "", address: "not an address" });
  assert.equal(isAddress({ name: "", address: "not an address" }), false);
  assert.equal(isAddress({ name: "", address: "a@b.example>,<c@d.example" }), false);
});

test("a chip has the address beside a name that may pass for another one", () => {
  const typed =
    "Mina <mina@harbour.example>, jo@x.example, service @bank.example <x@evil.invalid>, a\uff20b.example <c@d.example>";
  assert.deepEqual(readAddresses(typed).map(chipText), [
    "Mina",
    "jo@x.example",
    "service @bank.example <x@evil.invalid>",
    "a\uff20b.example <c@d.example>",
  ]);
});

test("an address is chosen once, however it is written", () => {
  const before = [{ name: "", address: "Mina@harbour.example" }];
  assert.deepEqual(withAddresses(before, [{ name: "M", address: "mina@HARBOUR.example" }]), before);
});

test("an address is offered for the beginning of it, of the name and of each word of the name, and for nothing else", () => {
  const carl = { name: "Anna Carlsen", address: "a.c@harbour.example" };
  for (const typed of ["a.c", "ANNA", "carl", "anna c"]) assert.equal(beginsLike(carl, typed), true, typed);
  for (const typed of ["", "arl", "harbour", "carla"]) assert.equal(beginsLike(carl, typed), false, typed);
});

const LIST: DocumentNode = {
  type: "doc",
  content: [
    { type: "paragraph", content: [{ type: "text", text: "Bring", marks: [{ type: "bold" }] }] },
    {
      type: "orderedList",
      attrs: { start: 2 },
      content: ["bolts", "rope"].map((text) => ({
        type: "listItem",
        content: [{ type: "paragraph", content: [{ type: "text", text }] }],
      })),
    },
    {
      type: "blockquote",
      content: [
        { type: "paragraph", content: [{ type: "text", text: "when?" }] },
        { type: "blockquote", content: [{ type: "paragraph", content: [{ type: "text", text: "soon" }] }] },
      ],
    },
    {
      type: "paragraph",
      content: [{ type: "text", text: "here", marks: [{ type: "link", attrs: { href: "https://x.example/" } }] }],
    },
  ],
};

test("the text beside the HTML says the same: lists, quotes and links", () => {
  assert.equal(
    documentText(LIST),
    ["Bring", "", "2. bolts", "3. rope", "", "> when?", ">", ">> soon", "", "here <https://x.example/>"].join("\n"),
  );
  assert.equal(hasFormatting(LIST), true);
});

test("plain text is a document and the same text again", () => {
  const text = "Hello\nthere\n\nyes\n\n> no\n>\n>> why\n\n-- \nMina";
  const made = textDocument(text);
  assert.equal(documentText(made), text);
  assert.equal(hasFormatting(made), false);
});

test("the quote of an answer and the head of a forward are found", () => {
  assert.deepEqual(partedAtQuote("\n\nMina:\n> hello\n> you", false), {
    above: "\n\nMina:\n",
    below: "> hello\n> you",
  });
  const forward = "\n---------- Forwarded message ----------\nFrom: a\n\nhello";
  assert.equal(partedAtQuote(forward, true).below, "\n\nhello");
});

test("another identity brings its own signature, and touches nothing else", () => {
  const text = "Hello\n\n-- \nMina\n\n> quoted";
  assert.equal(withOtherSignature(text, "Mina", "The harbour"), "Hello\n\n-- \nThe harbour\n\n> quoted");
  assert.equal(withOtherSignature(text, "Pat", "The harbour"), text);
  const forward = "\n\n\n---------- Forwarded message ----------\nhello\n\n-- \nMina\n\n-- \nMina";
  assert.equal(withOtherSignature(forward, "Mina", "The harbour"), forward.replace(/Mina$/, "The harbour"));
  assert.equal(withOtherSignature("", "", "Mina"), "\n\n-- \nMina");
});

test("an attachment is missed only when the writer speaks of one", () => {
  const words = "attached, enclosed";
  assert.equal(speaksOfAttachment("The list is Attached.", words), true);
  assert.equal(speaksOfAttachment("Thanks!\n> the list is attached", words), false);
  assert.equal(speaksOfAttachment("See below\n---------- Forwarded message ----------\nattached", words), false);
});

test("a link leads to the web or to an address, whatever is typed", () => {
  assert.equal(linkOf("example.org/a"), "https://example.org/a");
  assert.equal(linkOf("mina@harbour.example"), "mailto:mina@harbour.example");
  assert.equal(linkOf("javascript:alert(1)"), "");
  assert.equal(linkOf("data:text/html,x"), "");
});

test("a Maildir gives its messages, Thunderbird's files are mbox, and what was never delivered stays out", () => {
  const file = (name: string): File => new File(["x"], name);
  const formats = mailFilesOf(
    ["Mail/cur/1.a:2,S", "Mail/new/2.b", "Mail/tmp/3.c", "Inbox", "letter.eml", ".DS_Store"].map((path) => ({
      path,
      file: file(path.split("/").at(-1) ?? ""),
    })),
  ).map(({ format }) => format);
  assert.deepEqual(formats, ["maildir", "maildir", "mbox", "eml"]);
});

const DRAFT: Draft = {
  ...EMPTY_DRAFT,
  id: "draft-0001",
  account: "1",
  attachments: [],
  version: 0,
  updatedAt: 0,
  richStart: null,
};

interface Asked {
  readonly version: number;
  readonly text: string;
}

/** A keeper, what it asked the server, and what became of the copy in the browser. */
function keeper(
  answer: (asked: Asked) => Kept | Promise<Kept>,
  onServer: { readonly version: number; readonly text: string } = { version: 9, text: "of another window" },
) {
  const asked: Asked[] = [];
  const copies: (string | null)[] = [];
  const states: string[] = [];
  const made = new DraftKeeper(DRAFT, {
    save: async (version, { text }) => {
      asked.push({ version, text });
      return answer({ version, text });
    },
    look: () => Promise.resolve({ ...EMPTY_DRAFT, ...onServer }),
    onKeeping: (state) => states.push(state),
    onCopy: (fields) => copies.push(fields?.text ?? null),
  });
  return { made, asked, copies, states };
}

test("a draft is saved with the version the server said last, and its copy goes once the server has it", async () => {
  const { made, asked, copies, states } = keeper(({ version }) => ({ version: version + 1, updatedAt: 0 }));
  made.change({ text: "one" });
  assert.equal(await made.flush(), 1);
  made.change({ text: "two" });
  assert.equal(await made.flush(), 2);
  made.stop();
  assert.deepEqual(asked, [
    { version: 0, text: "one" },
    { version: 1, text: "two" },
  ]);
  assert.deepEqual(copies, ["one", null, "two", null]);
  assert.equal(states.at(-1), "saved");
});

test("a draft is kept within three seconds of the last key, and while somebody types on and on", (context) => {
  const clock = context.mock.timers;
  clock.enable({ apis: ["setTimeout", "Date"] });
  const { made, asked } = keeper(({ version }) => ({ version: version + 1, updatedAt: 0 }));
  for (const text of ["t", "th", "the"]) {
    made.change({ text });
    clock.tick(500);
  }
  assert.deepEqual(asked, [], "not with every key");
  clock.tick(2_500);
  assert.deepEqual(
    asked.map(({ text }) => text),
    ["the"],
  );
  made.stop();
  const { made: busy, asked: meanwhile } = keeper(({ version }) => ({ version: version + 1, updatedAt: 0 }));
  for (let key = 1; key <= 30; key += 1) {
    busy.change({ text: "x".repeat(key) });
    clock.tick(500);
  }
  assert.ok(meanwhile.length > 0);
  busy.stop();
});

test("what is written while it is saved is saved next, and the copy stays until then", async () => {
  const { made, asked, copies } = keeper(({ version, text }) => {
    if (text === "one") made.change({ text: "two" });
    return { version: version + 1, updatedAt: 0 };
  });
  made.change({ text: "one" });
  assert.equal(await made.flush(), 2);
  made.stop();
  assert.deepEqual(
    asked.map(({ text }) => text),
    ["one", "two"],
  );
  assert.deepEqual(copies, ["one", "two", null]);
});

test("a conflict is said and nothing is lost: the copy stays, and the other version is written over when asked to", async () => {
  const { made, copies, states } = keeper(({ version }) => {
    if (version === 0) throw new Refusal("conflict", "changed elsewhere", 409);
    return { version: version + 1, updatedAt: 0 };
  });
  made.change({ text: "mine" });
  await assert.rejects(made.flush(), { code: "conflict" });
  assert.equal(states.at(-1), "conflict");
  assert.deepEqual(copies, ["mine"]);
  made.overwrite(7);
  assert.equal(await made.flush(), 8);
  made.stop();
  assert.deepEqual(copies, ["mine", null]);
});

const LOST = new Refusal("reader/unreachable", "no answer", 0);

test("what was not kept is tried again by itself, and so is what was written meanwhile", async (context) => {
  const clock = context.mock.timers;
  clock.enable({ apis: ["setTimeout", "Date"] });
  const answers: (() => void)[] = [];
  const { made, asked, states } = keeper(
    ({ version }) =>
      new Promise((resolve, reject) => {
        answers.push(() => (answers.length < 3 ? reject(LOST) : resolve({ version: version + 1, updatedAt: 0 })));
      }),
  );
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  made.change({ text: "first" });
  clock.tick(1_500);
  await settled();
  // It is on its way for long, and the time of what is written meanwhile comes before its answer.
  made.change({ text: "last word" });
  clock.tick(2_000);
  answers.at(-1)?.();
  await settled();
  assert.equal(states.at(-1), "failed");
  clock.tick(3_000);
  await settled();
  answers.at(-1)?.();
  await settled();
  assert.equal(states.at(-1), "failed", "a second time");
  clock.tick(6_000);
  await settled();
  answers.at(-1)?.();
  await settled();
  assert.equal(states.at(-1), "saved");
  assert.deepEqual(
    asked.map(({ text }) => text),
    ["first", "last word", "last word"],
  );
  assert.equal(made.isKept, true);
  made.stop();
});

test("what was refused is not asked again until it is written on", async (context) => {
  const clock = context.mock.timers;
  clock.enable({ apis: ["setTimeout", "Date"] });
  const { made, asked, states } = keeper(() => {
    throw new Refusal("too-large", "too long", 413);
  });
  made.change({ text: "long" });
  await assert.rejects(made.flush(), { code: "too-large" });
  assert.equal(states.at(-1), "refused");
  clock.tick(600_000);
  assert.equal(asked.length, 1);
  made.stop();
});

/** Answers after which nobody knows whether it was saved. */
const UNKNOWN: Readonly<Record<string, Error>> = {
  "no answer": LOST,
  "no answer in time": new Refusal("reader/slow", "no answer in time", 0),
  "a body that broke off": new Refusal("reader/unreadable", "no JSON", 200),
  "a gateway's page": new Refusal("reader/unreadable", "no JSON", 502),
  "a gateway's refusal": new Refusal("took-too-long", "no answer behind", 504),
  "a server that failed": new Refusal("internal", "failed", 500),
  "something of the browser's": new TypeError("no network"),
};

test("a version whose answer was lost is no conflict with itself; one of another window still is", async () => {
  for (const [kind, error] of Object.entries(UNKNOWN)) {
    for (const [text, isOwn] of [
      ["mine", true],
      ["of another window", false],
    ] as const) {
      let isFirst = true;
      const { made, asked, states } = keeper(
        ({ version }) => {
          if (isFirst) {
            isFirst = false;
            throw error;
          }
          if (version < 4) throw new Refusal("conflict", "changed", 409);
          return { version: version + 1, updatedAt: 0 };
        },
        { version: 4, text },
      );
      made.change({ text: "mine" });
      await assert.rejects(made.flush(), error);
      assert.equal(states.at(-1), "failed", `${kind}: it is tried again by itself`);
      made.change({ text: "mine, and more" });
      if (isOwn) assert.equal(await made.flush(), 5, kind);
      else await assert.rejects(made.flush(), { code: "conflict" }, kind);
      made.stop();
      assert.deepEqual(
        asked.map(({ version }) => version),
        isOwn ? [0, 0, 4] : [0, 0],
        kind,
      );
    }
  }
});

test("what was refused was not saved: the same text on the server is of another window", async () => {
  for (const [status, code] of [
    [413, "too-large"],
    [422, "refused"],
    [429, "busy"],
  ] as const) {
    let isFirst = true;
    const { made } = keeper(
      () => {
        if (!isFirst) throw new Refusal("conflict", "changed", 409);
        isFirst = false;
        throw new Refusal(code, "no", status);
      },
      { version: 4, text: "mine" },
    );
    made.change({ text: "mine" });
    await assert.rejects(made.flush(), { code });
    await assert.rejects(made.flush(), { code: "conflict" }, code);
    made.stop();
  }
});

test("a draft that is gone is said to be, and what was written stays in the browser", async () => {
  const { made, asked, copies, states } = keeper(({ version, text }) => {
    if (version > 0 && text === "written on")
      throw new Refusal("not-found", "no such draft", 404, { reason: "draft-gone" });
    return { version: version + 1, updatedAt: 0 };
  });
  made.change({ text: "first" });
  await made.flush();
  made.change({ text: "written on" });
  await assert.rejects(made.flush(), { reason: "draft-gone" });
  assert.equal(states.at(-1), "gone");
  assert.equal(copies.at(-1), "written on", "the copy stays");
  made.stop();
  assert.deepEqual(
    asked.map(({ version }) => version),
    [0, 1],
  );
});

/** A promise, and what fulfils it. */
function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve: (value) => resolve(value) };
}

test("a message is sent with the version that what is still being attached or removed makes", async () => {
  const { promise: isRemoved, resolve: removed } = later<{ readonly version: number }>();
  const { made } = keeper(({ version }) => ({ version: version + 1, updatedAt: 0 }));
  made.change({ text: "without the film" });
  const removing = made.attach(() => isRemoved);
  const settled = made.settle();
  removed({ version: 9 });
  assert.equal(await settled, 9);
  await removing;
  made.stop();
});

test("a draft is not kept while a file is on its way", async () => {
  const { promise: isUploaded, resolve: uploaded } = later<{ readonly version: number }>();
  const { made } = keeper(({ version }) => ({ version: version + 1, updatedAt: 0 }));
  made.change({ text: "with the film" });
  await made.flush();
  assert.equal(made.isKept, true);
  const attaching = made.attach(() => isUploaded);
  assert.equal(made.isKept, false);
  uploaded({ version: 2 });
  await attaching;
  assert.equal(made.isKept, true);
  made.stop();
});

test("an attachment that arrives while a draft is saved makes no conflict", async () => {
  const { promise: isUploaded, resolve: uploaded } = later<{ readonly version: number }>();
  const { promise: hasBegun, resolve: begun } = later<undefined>();
  const { made, asked } = keeper(({ version, text }) => {
    if (text === "later" && version === 1) {
      uploaded({ version: 5 });
      throw new Refusal("conflict", "changed by the attachment", 409);
    }
    return { version: version + 1, updatedAt: 0 };
  });
  made.change({ text: "first" });
  const attaching = made.attach(() => {
    begun(undefined);
    return isUploaded;
  });
  await hasBegun;
  made.change({ text: "later" });
  assert.equal(await made.flush(), 6);
  await attaching;
  made.stop();
  assert.deepEqual(
    asked.map(({ version }) => version),
    [0, 1, 5],
  );
});
