// What a source's filters read of a header: what people read, however it was encoded (RFC 2047, RFC 6532).
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceConfig } from "../../src/config/index.ts";
import { compileFilters } from "../../src/retriever/run/filters.ts";

/** Whether a filter for this word in the subject holds. */
function holds(header: string, matches: string): boolean {
  const source = { filters: [{ header: "Subject", matches, do: "skip" }] } as unknown as SourceConfig;
  return compileFilters(source)?.(Buffer.from(`${header}\r\n`, "latin1")) !== undefined;
}

const SUBJECTS: readonly (readonly [string, string])[] = [
  ["plain", "Subject: Grusse"],
  ["Q", "Subject: =?iso-8859-1?Q?Gr=FC=DFe?="],
  ["B, cut within a letter", "Subject: =?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?="],
  ["B, cut within a letter and folded", "Subject: =?utf-8?B?R3LD?=\r\n =?utf-8?B?vMOfZQ==?="],
  ["with a language (RFC 2231 §5)", "Subject: =?utf-8*de?Q?Gr=C3=BC=C3=9Fe?="],
  ["UTF-8 as it is", `Subject: ${Buffer.from("Grüße").toString("latin1")}`],
  ["an older charset as it is", "Subject: Gr\xfc\xdfe"],
];

for (const [how, header] of SUBJECTS)
  test(`a filter reads a subject that is ${how}`, () => {
    assert.equal(holds(header, how === "plain" ? "^grusse$" : "^grüße$"), true);
    assert.equal(holds(header.replace("Subject", "X-Subject"), "gr"), false, "another field is not looked at");
  });

test("each field of the name is looked at", () => {
  assert.equal(holds("Subject: one\r\nX: y\r\nSUBJECT: two", "^two$"), true);
});
