// Internationalised mail for who reads only ASCII headers (RFC 6858): what is listed is what is read, to the octet.
import assert from "node:assert/strict";
import { deliver, deliverAll, listingOf, look, numbersOf, removeNumbers, textsOf } from "./sessions.ts";
import type { Claim } from "./setting.ts";

/** Text of UTF-8, one character an octet. */
const utf8 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const ASCII = "Subject: plain\r\n\r\nbody\r\n";
const LATIN1 = "Subject: caf\xe9\r\n\r\nbody\r\n";
const LETTER = utf8(
  "From: Jürgen <jürgen@bücher.example>\r\nX-Note: für dich\r\nSubject: Grüße\r\n\r\n.erste Zeile für dich\r\nzweite\r\n",
);

export function claimsOnSurrogates(claim: Claim): void {
  claim("as received, internationalised mail is untouched", ["surrogates"], async (place) => {
    await deliverAll(place, [ASCII, LETTER, LATIN1]);
    await look(place, async (maildrop) => {
      assert.deepEqual(await textsOf(maildrop), [ASCII, LETTER, LATIN1]);
      assert.ok(numbersOf(maildrop).every((n) => maildrop.isSurrogate?.(n) !== true));
    });
  });

  claim(
    "a surrogate has ASCII headers, the body as it was, and the message's unique-id",
    ["surrogates"],
    async (place) => {
      await deliverAll(place, [ASCII, LETTER, LATIN1]);
      const received = await look(place, listingOf);
      await look({ ...place, surrogates: true }, async (maildrop) => {
        const [plain, surrogate = "", latin1] = await textsOf(maildrop);
        assert.deepEqual([plain, latin1], [ASCII, LATIN1]);
        const [header = "", body] = surrogate.split("\r\n\r\n");
        // oxlint-disable-next-line no-control-regex -- ASCII is what is looked for
        assert.match(header, /^[\x00-\x7f]+$/);
        assert.match(header, /^From: .+\.invalid>$/ms);
        assert.match(header, /^Subject: =\?utf-8\?/m);
        assert.doesNotMatch(header, /X-Note/);
        assert.equal(body, utf8(".erste Zeile für dich\r\nzweite\r\n"));
        assert.deepEqual(
          listingOf(maildrop).map(({ uniqueId }) => uniqueId),
          received.map(({ uniqueId }) => uniqueId),
        );
        assert.deepEqual(
          numbersOf(maildrop).map((n) => maildrop.isSurrogate?.(n)),
          [false, true, false],
        );
      });
    },
  );

  claim("what is listed of surrogates is what is read, one by one and in sum", ["surrogates"], async (place) => {
    const large = `${LETTER}${"z".repeat(75)}\r\n`.padEnd(LETTER.length + 300_000, "0123456789abcdef\r\n");
    await deliverAll(place, [LETTER, ASCII, large, LETTER]);
    await look({ ...place, surrogates: true }, async (maildrop) => {
      const texts = await textsOf(maildrop);
      assert.deepEqual(
        texts.map((text) => text.length),
        numbersOf(maildrop).map((n) => maildrop.octetsOf(n)),
      );
      assert.equal(
        texts.reduce((sum, text) => sum + text.length, 0),
        maildrop.octets,
      );
    });
  });

  claim("TOP counts the lines of the surrogate", ["surrogates"], async (place) => {
    await deliver(place, LETTER);
    await look({ ...place, surrogates: true }, async (maildrop) => {
      const [whole = ""] = await textsOf(maildrop);
      const [top] = await textsOf(maildrop, [1], { bodyLines: 1 });
      assert.equal(top, whole.slice(0, whole.indexOf("zweite")));
    });
  });

  claim("removing a surrogate removes the message", ["surrogates"], async (place) => {
    await deliverAll(place, [LETTER, ASCII]);
    await removeNumbers({ ...place, surrogates: true }, [1]);
    await look(place, async (maildrop) => assert.deepEqual(await textsOf(maildrop), [ASCII]));
    await look({ ...place, surrogates: true }, (maildrop) => assert.equal(maildrop.octets, ASCII.length));
  });

  claim("surrogates are the same after a restart", ["surrogates", "reopen"], async (setting) => {
    await deliverAll(setting, [LETTER]);
    const before = await look({ ...setting, surrogates: true }, (maildrop) => textsOf(maildrop));
    const place = { ...setting, store: await setting.reopen(), surrogates: true };
    assert.deepEqual(await look(place, (maildrop) => textsOf(maildrop)), before);
  });
}
