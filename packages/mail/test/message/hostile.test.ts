// Mails made to do harm, read by the threads as the program reads them: everything that can be asked without a browser.
import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { openMailReader, safeHeaderText } from "../../src/message/index.ts";
import type { HtmlOptions, MessageBody, ReadMessage, SafeHtml } from "../../src/message/index.ts";
import { hostile, mails, PATIENT } from "./corpus.ts";
import { assertGrammar } from "./html-grammar.ts";

const reader = openMailReader({ threads: 2, taskMs: PATIENT });
after(() => reader.close());

const BLOCKED: HtmlOptions = { images: "blocked", theme: "as-sent" };
const DARK: HtmlOptions = { images: "blocked", theme: "adapt-dark" };
const SHOWN: HtmlOptions = { images: "shown", proxyPrefix: "/proxy?url=", theme: "as-sent" };

const read = (id: string): Promise<ReadMessage> => reader.read(hostile(id).octets());

/** The first HTML body of a mail, rebuilt. */
async function page(id: string, options: HtmlOptions = BLOCKED): Promise<SafeHtml> {
  const body = (await read(id)).bodies.find(({ kind }) => kind === "html");
  assert.ok(body !== undefined);
  return reader.html(hostile(id).octets(), body.part, options);
}

/** Everything that will be shown as text in one line. */
function lines({ summary, parts, ...message }: ReadMessage): readonly string[] {
  const people = [summary.from, summary.to, summary.cc, summary.replyTo, message.sender, message.receiptTo].flat();
  return [
    summary.subject,
    summary.preview,
    summary.threadSubject,
    ...people.flatMap(({ name, address }) => [name, address]),
    ...parts.flatMap(({ fileName, namedBySender = "", mediaType, contentId = "" }) => [
      fileName,
      namedBySender,
      mediaType,
      contentId,
    ]),
  ];
}

for (const { file, octets } of mails("hostile")) {
  test(`${file} is read, and shows nothing that is not harmless`, async () => {
    const message = await reader.read(octets());
    assert.equal(message.summary.isUnreadable, false);
    const { text: _, ...summary } = await reader.summarize(octets());
    assert.deepEqual(summary, message.summary);
    for (const line of lines(message)) {
      assert.ok(line.length <= 998);
      assert.doesNotMatch(
        line,
        /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}|\p{M}{5}/u,
      );
    }
    for (const body of message.bodies) {
      if (body.kind === "text") assertText(body);
      if (body.kind !== "html") continue;
      for (const options of [BLOCKED, DARK]) {
        const { html } = await reader.html(octets(), body.part, options);
        const { elements } = assertGrammar(html);
        assert.ok(
          elements.every(({ attrs }) =>
            attrs.every(({ name, value }) => name !== "src" || value.startsWith("data:image/")),
          ),
        );
      }
      assertGrammar((await reader.html(octets(), body.part, SHOWN)).html, "/proxy?url=http");
      const quoted = await reader.quote(octets(), body.part);
      const { elements } = assertGrammar(quoted.html ?? "");
      assert.ok(
        elements.every(({ tagName, attrs }) => tagName !== "img" && attrs.every(({ name }) => name !== "class")),
      );
    }
    for (const part of message.parts) {
      assert.equal((await reader.part(octets(), part.part)).content.byteLength, part.octets);
    }
    assert.equal(Reflect.get({}, "polluted"), undefined);
  });
}

function assertText({ blocks }: Extract<MessageBody, { kind: "text" }>): void {
  for (const { text, links } of blocks) {
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    for (const { from, to, href } of links) {
      assert.ok(from < to && to <= text.length);
      assert.match(href, /^(?:https?|mailto|tel):/);
      assert.doesNotMatch(href, /["'<>`\s]/);
    }
  }
}

suite("senders", () => {
  test("of several From fields the first is the sender everywhere, and the reader is warned", async () => {
    const { summary, warnings } = await read("h51");
    assert.deepEqual(summary.from, [{ name: "Good", address: "good@bank.example" }]);
    assert.equal(summary.subject, "one");
    assert.equal(summary.id, "h51@a");
    assert.ok(warnings.includes("several-from"));
  });

  test("what hides or reorders in a name is taken out, and the reader is warned", async () => {
    const { summary, warnings } = await read("h52");
    assert.equal(summary.from[0]?.name, "Mallory");
    assert.ok(warnings.includes("hidden-characters"));
  });

  test("a line end hidden in an encoded-word makes no field and no recipient", async () => {
    const { summary } = await read("h53");
    assert.deepEqual(
      summary.from.map(({ address }) => address),
      ["eve@evil.invalid"],
    );
    assert.ok(
      summary.replyTo.every(({ address }) => !/victim/.test(address)),
      JSON.stringify(summary.replyTo),
    );
    assert.equal(summary.id, "h53@evil.invalid");
    assert.deepEqual(summary.references, ["a@b"]);
  });

  test("a stranger with a friend's name and thread is told from the friend by the address", async () => {
    const { summary } = await read("h83");
    assert.equal(summary.from[0]?.address, "mina@evil.invalid");
  });
});

suite("header fields", () => {
  test("dates that cannot be are not believed", async () => {
    for (const id of ["h85a", "h85b", "h85c", "h85e"]) {
      const { sentAt } = (await read(id)).summary;
      assert.ok(sentAt === undefined || (sentAt > Date.UTC(1971, 0) && sentAt < Date.now() + 86_400_000), id);
    }
  });

  test("a loop of references, and a message that answers itself, end", async () => {
    for (const id of ["h82a", "h82b", "h82c"]) {
      const { summary } = await read(id);
      assert.ok(!summary.references.includes(summary.id ?? ""), id);
      assert.ok(summary.references.length <= 40);
    }
  });

  test("a megabyte of header is cut, and what stands after it is read", async () => {
    const { summary, problems } = await read("h63");
    assert.equal(summary.id, "h63@sender.example");
    assert.equal(summary.sentAt, Date.UTC(2026, 10, 2, 10));
    assert.deepEqual(problems, ["header-cut"]);
  });

  test("leaving a list is one click only where that is https, and never another header", async () => {
    const { unsubscribe } = await read("h56");
    if (unsubscribe?.oneClick !== undefined) assert.match(unsubscribe.oneClick, /^https:\/\//);
    if (unsubscribe?.page !== undefined) assert.match(unsubscribe.page, /^https?:\/\//);
    const mail = new URL(unsubscribe?.mail ?? "mailto:");
    assert.ok(
      [...mail.searchParams.keys()].every((name) => name === "subject"),
      mail.href,
    );
    assert.doesNotMatch(mail.href, /,|%0a|%0d|%2c/i);
  });

  test("whoever wants a receipt is named, and nothing else happens", async () => {
    assert.ok((await read("h57")).receiptTo.length > 0);
  });

  test("names every object has are names like any other", async () => {
    const { parts, summary } = await read("h59");
    assert.equal(summary.subject, "Test h59");
    assert.deepEqual(
      parts.map(({ fileName }) => fileName),
      ["__proto__.bin"],
    );
  });
});

suite("parts", () => {
  test("file names are safe on any system and show their extension", async () => {
    for (const id of ["h16", "h75", "h76"]) {
      for (const { fileName } of (await read(id)).parts) {
        assert.doesNotMatch(fileName, /[/\\<>:"|?*]|^[.\s-]|[.\s]$|^(?:con|nul|aux|prn)(?:\.|$)/i, fileName);
        assert.ok(Buffer.byteLength(fileName) <= 150, fileName);
        assert.match(fileName, /\.[^.]{1,20}$/);
      }
    }
    const names = (await read("h76")).parts.map(({ fileName }) => fileName);
    for (const name of ["evil.bin", "x.bat", "_nul.txt", "afdp.exe", "photo.jpg.exe", "a_;filename=_b.exe"])
      assert.ok(names.includes(name), name);
  });

  test("what is not what it says is marked, and nothing that could act is shown", async () => {
    const sniffed = (await read("h18")).parts;
    assert.ok(sniffed.every(({ shownAs }) => shownAs === "none"));
    assert.deepEqual(
      sniffed.filter(({ isMismatched }) => isMismatched).map(({ fileName }) => fileName),
      ["p.png", "p.txt", "p.pdf", "r.png"],
    );
    for (const { shownAs } of (await read("h17")).parts) assert.equal(shownAs, "none");
  });

  test("nesting without end becomes one attachment", async () => {
    const { parts, problems } = await read("h60");
    assert.equal(parts.length, 1);
    assert.ok((parts[0]?.octets ?? 0) > 0);
    assert.deepEqual(problems, ["nesting-cut"]);
    assert.equal((await read("h61")).parts.length, 1);
  });

  test("a late part behind odd boundaries is found", async () => {
    const { parts, bodies } = await read("h68");
    assert.deepEqual(
      parts.map(({ fileName }) => fileName),
      ["late.exe"],
    );
    assert.deepEqual(
      bodies.map(({ kind }) => kind),
      ["text", "text", "html"],
    );
  });

  test("a message without boundaries is shown as the text it is", async () => {
    const [body] = (await read("h69")).bodies;
    assert.ok(body?.kind === "text" && body.blocks.length > 0);
  });

  test("broken encodings show what can be read of them", async () => {
    const texts = (await read("h71")).bodies.map((body) =>
      body.kind === "text" ? body.blocks.map(({ text }) => text).join("\n") : "",
    );
    assert.deepEqual([texts[0], texts[2], texts[3]], ["Hello worldend", "unknown encoding", "Comment"]);
    assert.match(texts[1] ?? "", /^bad =ZZ esc =3 é lower é split/);
  });

  test("whatever a file holds, there is a row for it", async () => {
    for (const { file, octets } of mails("hostile").filter((mail) => mail.file.startsWith("h73"))) {
      const summary = await reader.summarize(octets());
      assert.equal(typeof summary.subject, "string", file);
    }
    assert.match((await reader.summarize(hostile("h73h").octets())).preview, /^<html>/);
    assert.equal((await reader.summarize(hostile("h73i").octets())).from[0]?.address, "a@b.example");
  });
});

suite("bodies", () => {
  test("text is shown as it was sent, placeholders and brackets and all", async () => {
    const [body] = (await read("h14")).bodies;
    assert.ok(body?.kind === "text");
    const shown = body.blocks.map(({ quote, text }) => `${"> ".repeat(quote)}${text}`).join("\n");
    const sent = new TextDecoder().decode(hostile("h14").octets()).split(/\n\n/).slice(1).join("\n\n").trim();
    const squeezed = (text: string): string => text.replace(/\s+/g, " ");
    assert.equal(squeezed(shown), squeezed(sent));
  });

  test("bodies stay apart, and what is encrypted is a card", async () => {
    const { bodies } = await read("h80");
    assert.deepEqual(
      bodies.map(({ kind }) => kind),
      ["html", "encrypted", "html"],
    );
  });

  test("a quote of fifty thousand levels is a quote of twelve", async () => {
    for (const body of (await read("h65")).bodies) {
      if (body.kind === "text") assert.ok(body.blocks.every(({ quote }) => quote <= 12));
    }
  });

  test("a body longer than is shown says so", async () => {
    const mail = hostile("h88").octets();
    const text = Buffer.from(mail).toString("latin1").trimEnd();
    const line = text.slice(text.lastIndexOf("\n"));
    const huge = Buffer.from(text + line.repeat(Math.ceil((15 * 1024 * 1024) / line.length)), "latin1");
    const { bodies, summary } = await reader.read(new Uint8Array(huge));
    assert.ok(bodies[0]?.kind === "text" && bodies[0].isCut);
    assert.equal(summary.isUnreadable, false);
    const { text: indexed } = await reader.summarize(new Uint8Array(huge));
    assert.ok(Buffer.byteLength(indexed) <= 256 * 1024);
  });

  test("seven pictures only tell that the mail was opened, one is to be seen", async () => {
    const blocked = await page("h89");
    assert.deepEqual(
      [blocked.remoteImages, blocked.trackers, blocked.imageUrls],
      [8, 7, ["http://h89.canary.invalid/hero.jpg"]],
    );
    const [body] = (await read("h89")).bodies;
    assert.ok(body?.kind === "html");
    assert.deepEqual([body.remoteImages, body.trackers], [8, 7]);
    const shown = await page("h89", SHOWN);
    assert.equal(shown.html.match(/ src="/g)?.length, 1);
  });

  test("a picture of the message is data, told by its octets; nothing else with an id is", async () => {
    const { html } = await page("h43");
    assert.deepEqual(html.match(/ src="data:image\/\w+/g), [' src="data:image/png', ' src="data:image/png']);
    assert.doesNotMatch(html, /passwd|svg\+xml|cid:/);
  });

  test("an answer quotes nothing a person did not see", async () => {
    const quoted = await reader.quote(hostile("h55").octets(), "1");
    assert.equal(quoted.text.trim(), "visible text\n\n> x");
    assert.doesNotMatch(quoted.html ?? "", /CANARY|hunter2|canary/);
    assert.equal((await reader.quote(hostile("h90").octets(), "1")).text.trim(), "visible");
  });

  test("an invitation that asks for more than to be read is read", async () => {
    const card = (await read("h20")).bodies.find((body) => body.kind === "calendar");
    assert.equal(card?.event.organiser, "");
    assert.match(card?.event.repeats?.rule ?? "", /^FREQ=SECONDLY/);
    assert.equal(card?.event.repeats?.said, undefined);
    assert.match(card?.event.title ?? "", /^<\/script>/);
  });
});

test("a text of a header is one line, whatever it holds", () => {
  assert.equal(safeHeaderText("a\r\nBcc: b\u2028c\u0000\u001b[2J\u202ed\u2066"), "a Bcc: b c[2Jd");
  assert.equal(safeHeaderText("x".repeat(2_000)).length, 998);
  assert.equal(safeHeaderText(`e${"\u0301".repeat(99)}`), `e${"\u0301".repeat(4)}`);
  assert.equal(safeHeaderText("\ud800x"), "\ufffdx");
  assert.equal(safeHeaderText("👩‍👩‍👧 نص"), "👩‍👩‍👧 نص");
});
