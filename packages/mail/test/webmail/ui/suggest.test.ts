// What a search is offered to go on with, by what was typed of its last term.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "../../../src/mailstore/sqlite/reading/search-query.ts";
import { type Known, offersFor, personSought } from "../../../src/webmail/ui/search/suggest.ts";

const NOTHING: Known = { people: [], mailboxes: [], accounts: [] };
const KNOWN: Known = {
  people: [
    { name: "Mina Okafor", address: "mina@harbour.example" },
    { name: "", address: "minister@news.example" },
  ],
  mailboxes: [
    { mailbox: "INBOX", role: "inbox" },
    { mailbox: "Papers", role: "trash" },
    { mailbox: "Boat club", role: null },
    { mailbox: "Boat club", role: null },
  ],
  accounts: ["anna", "bo"],
};

const terms = (query: string, known = KNOWN): readonly string[] => offersFor(query, known).map(({ term }) => term);
const queries = (query: string): readonly string[] => offersFor(query, KNOWN).map((offer) => offer.query);

test("an empty field is offered the operators; accounts where there are several", () => {
  const all = ["from:", "to:", "subject:", "has:attachment", "is:", "in:", "on:server", "after:", "before:"];
  assert.deepEqual(terms("", NOTHING), [...all, "larger:", "smaller:"]);
  assert.deepEqual(terms("  ", KNOWN), [...all, "larger:", "smaller:", "account:"]);
});

test("operators and values that begin with what is typed are offered, values by their own name from two letters on", () => {
  assert.deepEqual(terms("s"), ["subject:", "smaller:"]);
  assert.deepEqual(terms("SUB"), ["subject:"]);
  assert.deepEqual(terms("i"), ["is:", "in:"]);
  assert.deepEqual(terms("unr"), ["is:unread"]);
  assert.deepEqual(terms("u"), []);
  assert.deepEqual(terms("is:un"), ["is:unread", "is:unstarred"]);
  assert.deepEqual(terms("has:"), ["has:attachment"]);
  assert.deepEqual(terms("subject:m"), []);
});

test("what is taken replaces the last term, its minus stays, and a whole term ends with a blank", () => {
  assert.deepEqual(queries("boat -su"), ["boat -subject:"]);
  assert.deepEqual(queries("boat is:unr"), ["boat is:unread "]);
  assert.deepEqual(queries('"two words" -is:st'), ['"two words" -is:starred ']);
});

test("nothing is offered for what is whole, between two terms, or within quotes", () => {
  for (const query of ["is:unread", "boat ", 'subject:"', '"mina', "-", "12:30"])
    assert.deepEqual(terms(query), [], query);
  assert.equal(offersFor("boat ", KNOWN, { isAsked: true })[0]?.query, "boat from:");
});

test("mailboxes are offered by name or by what they are for, once each", () => {
  assert.deepEqual(terms("in:"), ["in:inbox", "in:trash", 'in:"Boat club"', "in:anywhere"]);
  assert.deepEqual(terms("in:pap"), ["in:trash"]);
  assert.deepEqual(queries('in:"boat'), ['in:"Boat club" ']);
  assert.deepEqual(terms("account:b"), ["account:bo"]);
});

test("people are offered by the beginning of a word, as senders where no operator says otherwise", () => {
  assert.deepEqual(terms("mi"), ["from:mina@harbour.example", "from:minister@news.example"]);
  assert.deepEqual(queries("boat to:oka"), ["boat to:mina@harbour.example "]);
  assert.deepEqual(terms("m"), []);
  assert.deepEqual(terms("ina"), []);
});

test("people are asked for from the second letter of a word on, after from: and to: from the first", () => {
  const asked = ["m", "mi", "boat mi", "from:m", "-to:m", "is:un", '"mi', "boat "].map(personSought);
  assert.deepEqual(asked, ["", "mi", "mi", "m", "m", "", "", ""]);
});

test("an address that has quotes ends no term early, and a mailbox that has some is not offered", () => {
  const people = ['"a b"@x.example', "“a”@x.example"].map((address) => ({ name: "Ann", address }));
  assert.deepEqual(terms("an", { ...NOTHING, people }), ['from:" a b @x.example"', 'from:" a @x.example"']);
  const names = ['Boat "club"', "Boat “club”", "„Boot“", "«Barque»", "Boat ‘club’"];
  const mailboxes = [
    ...names.map((mailbox) => ({ mailbox, role: null })),
    { mailbox: '"Bin"', role: "trash" } as const,
  ];
  const offered = terms("in:", { ...NOTHING, mailboxes });
  assert.deepEqual(offered, ['in:"Boat ‘club’"', "in:trash", "in:anywhere"]);
  const [found] = parseQuery(offered[0] ?? "").terms;
  assert.equal(found?.value, "Boat ‘club’");
});

test("what is offered is what search knows, and all of it", () => {
  const offered = offersFor("", KNOWN).map(({ term }) => term);
  const whole = offered.flatMap((term) => (term.endsWith(":") ? terms(term) : [term]));
  for (const term of whole) assert.deepEqual(parseQuery(term).problems, [], term);
  for (const operator of ["is", "has", "on"]) {
    const [problem] = parseQuery(`${operator}:nothing`).problems;
    // The plural is another spelling.
    const known = problem?.code === "unknown-value" ? problem.known.filter((one) => one !== "has:attachments") : [];
    assert.deepEqual(terms(`${operator}:`).toSorted(), known.toSorted());
  }
});
