import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "../../src/wire/index.ts";
import { octets, text } from "./octet-text.ts";

const SEED = 5_034_208;

// RFC 4648 §10, RFC 5034 §6.
const vectors: readonly (readonly [plain: string, coded: string])[] = [
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
  ["test\0test\0test", "dGVzdAB0ZXN0AHRlc3Q="],
  ["\xfb\xff\xbf", "+/+/"],
];

for (const [plain, coded] of vectors) {
  test(`${JSON.stringify(plain)} is ${JSON.stringify(coded)} in base64, both ways`, () => {
    assert.equal(encodeBase64(octets(plain)), coded);
    const decoded = decodeBase64(octets(coded));
    assert.notEqual(decoded, undefined);
    assert.equal(text(decoded as Uint8Array), plain);
  });
}

// RFC 5034 §4 and RFC 4648 §3.5: none of these is what an encoder writes.
for (const bad of [
  "=",
  "==",
  "====",
  "=AAA",
  "A===",
  "AAA=BBB",
  "AA=A",
  "AA==AAAA",
  "AAA=AAAA",
  "AA A=",
  "AA-_",
  "A",
  "AA",
  "AAA",
  "AAAAA",
  "AAA\n",
  " AAA",
  "AAA ",
  "AA\0A",
  "AA\xe9A",
  "AAA\xff",
  "Zh==",
  "Zm9=",
  "Zg=\n",
  "AA*=",
]) {
  test(`${JSON.stringify(bad)} is not base64`, () => {
    assert.equal(decodeBase64(octets(bad)), undefined);
  });
}

test(`any octets come back, and agree with Node's encoder (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
      const coded = encodeBase64(data);
      assert.equal(coded, Buffer.from(data).toString("base64"));
      assert.deepEqual(decodeBase64(octets(coded)), data);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test(`what is accepted is exactly what an encoder writes (seed ${SEED})`, () => {
  const character = fc.constantFrom(..."ABgw+/=Z -\n");
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      const coded = characters.join("");
      const strict = Buffer.from(coded, "base64").toString("base64") === coded;
      assert.equal(decodeBase64(octets(coded)) !== undefined, strict);
    }),
    { seed: SEED, numRuns: 3_000 },
  );
});
