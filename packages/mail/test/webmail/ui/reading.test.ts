// How a text and a conversation are laid out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expandedOf, hiddenOf, inOrder } from "../../../src/webmail/ui/read/cards.ts";
import { piecesOf, runsOf } from "../../../src/webmail/ui/read/fold.ts";
import { aBlock, aCard } from "./samples.ts";

const folded = (...blocks: readonly ReturnType<typeof aBlock>[]) => runsOf(blocks).map(({ isFolded }) => isFolded);
const LONG = "one\ntwo\nthree\nfour\nfive";

test("a short quote with an answer below it stays", () => {
  assert.deepEqual(folded(aBlock("Shall we?", 1), aBlock("Yes.")), [false, false]);
});

test("a long quote is folded, wherever it stands", () => {
  assert.deepEqual(folded(aBlock(LONG, 1), aBlock("Yes.")), [true, false]);
});

test("the quote a message ends with is folded, with a signature after it too", () => {
  const signature = aBlock("-- \nMina", 0, { isSignature: true });
  assert.deepEqual(folded(aBlock("Yes."), aBlock("Shall we?", 1), signature), [false, true, false]);
});

test("a message that is nothing but a quote is shown", () => {
  assert.deepEqual(folded(aBlock(LONG, 1), aBlock(LONG, 2)), [false]);
});

const HOST = "127.0.0.1:8025";

test("what leads to the reader itself is text, whatever it opens there", () => {
  for (const path of ["", "/", "/m/1/5/body/1?images=1", "/m/1/5/print?images=1", "/#/organise/rules?account=1"]) {
    const href = `http://${HOST}${path}`;
    const pieces = piecesOf(aBlock("see here", 0, { links: [{ from: 4, to: 8, href }] }), HOST);
    assert.deepEqual(pieces, [{ text: "see here", href: undefined }], href);
  }
  const elsewhere = "http://127.0.0.1:9999/";
  const [, link] = piecesOf(aBlock("see here", 0, { links: [{ from: 4, to: 8, href: elsewhere }] }), HOST);
  assert.equal(link?.href, elsewhere);
});

test("a link leads where its sender wrote, and only to the web, to mail and to telephones", () => {
  const block = aBlock("see here or there", 0, {
    links: [
      { from: 4, to: 8, href: "https://a.example/" },
      { from: 12, to: 17, href: "javascript:alert(1)" },
    ],
  });
  assert.deepEqual(piecesOf(block, HOST), [
    { text: "see ", href: undefined },
    { text: "here", href: "https://a.example/" },
    { text: " or there", href: undefined },
  ]);
});

test("links that overlap or reach outside lose no text", () => {
  const links = [
    { from: 0, to: 3, href: "https://a.example/" },
    { from: 2, to: 5, href: "https://b.example/" },
    { from: 4, to: 99, href: "https://c.example/" },
  ];
  const pieces = piecesOf(aBlock("abcdef", 0, { links }), HOST);
  assert.equal(pieces.map(({ text }) => text).join(""), "abcdef");
});

const CARDS = Array.from({ length: 8 }, (_, at) => aCard({ messageId: at + 1, date: at }));

test("the newest message is expanded, or the oldest unread one for who wants that, and the one that was asked for", () => {
  const oldest = { at: null, newestFirst: false };
  assert.equal(expandedOf(CARDS, oldest)?.messageId, 8);
  const unread = CARDS.map((card) => ({ ...card, isUnread: card.messageId > 5 }));
  assert.equal(expandedOf(unread, oldest)?.messageId, 6);
  assert.equal(expandedOf(unread, { at: null, newestFirst: true })?.messageId, 8);
  assert.equal(expandedOf(unread, { at: 3, newestFirst: true })?.messageId, 3);
  assert.equal(expandedOf([], oldest), undefined);
});

test("older messages wait behind a line, never an unread one and never the first", () => {
  const hidden = (cards: typeof CARDS, expanded: number): readonly number[] => [...hiddenOf(inOrder(cards), expanded)];
  assert.deepEqual(hidden(CARDS, 8), [2, 3, 4, 5]);
  const unread = CARDS.map((card) => ({ ...card, isUnread: card.messageId === 4 }));
  assert.deepEqual(hidden(unread, 8), [2, 3]);
  assert.deepEqual(hidden(CARDS, 2), []);
  assert.deepEqual(hidden(CARDS.slice(0, 4), 4), []);
});
