// Names and types that came with mail, on their way into headers.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanName, contentDisposition } from "../../../src/webmail/api/content/disposition.ts";
import { typeByOctets } from "../../../src/webmail/api/content/headers.ts";
import { uniqueNames } from "../../../src/webmail/api/content/zip.ts";

test("a name in Content-Disposition is a quoted ASCII name and the whole one as RFC 8187 has it", () => {
  assert.equal(
    contentDisposition("attachment", "naïve plan.txt"),
    "attachment; filename=\"na_ve plan.txt\"; filename*=UTF-8''na%C3%AFve%20plan.txt",
  );
  assert.equal(contentDisposition("inline", "it's(1)*.txt").includes("'1"), false);
});

test("no name splits a header or leaves its quotes, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
      const field = contentDisposition("attachment", name);
      assert.match(field, /^attachment; filename="[\w.\- ]+"; filename\*=UTF-8''[\w%.~!-]+$/);
    }),
    { seed: 20261126 },
  );
});

test("a cleaned name is one flat name that every system takes", () => {
  for (const [written, clean] of [
    ["../../etc/passwd", "_.._etc_passwd"],
    ["a\r\nSet-Cookie: x", "aSet-Cookie_ x"],
    ["\u202Egnp.exe", "gnp.exe"],
    ["CON.txt", "_CON.txt"],
    [". . .", "attachment"],
    ["", "attachment"],
  ] as const)
    assert.equal(cleanName(written), clean, JSON.stringify(written));
  const long = cleanName(`${"a".repeat(400)}.pdf`);
  assert.ok(long.length <= 150 && long.endsWith(".pdf"));
  const wide = cleanName(`${"会議".repeat(100)}.eml`);
  assert.ok(Buffer.byteLength(wide) <= 150 && /^(?:会議)+会?\.eml$/.test(wide), wide);
});

test("names of one archive differ, also where case does not count", () => {
  assert.deepEqual(uniqueNames(["a.txt", "A.TXT", "a.txt", "a (2).txt"]), [
    "a.txt",
    "A (2).TXT",
    "a (3).txt",
    "a (2) (2).txt",
  ]);
});

test("only what begins like a picture, sound or film is one", () => {
  const begins = (text: string): string | undefined => typeByOctets(Buffer.from(text, "latin1"));
  assert.equal(begins("\x89PNG\r\n\x1a\n...."), "image/png");
  assert.equal(begins("GIF89a"), "image/gif");
  assert.equal(begins("RIFF0000WEBPVP8 "), "image/webp");
  for (const text of ["<svg xmlns=", "<!doctype html>", "GIF8", "%PDF-1.7", ""]) assert.equal(begins(text), undefined);
});
