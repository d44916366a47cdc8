// RFC 4616.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { ACCEPTED, OneAccount, play, REFUSED, startExchange, utf8 } from "./fixture.ts";

const SEED = 4_616_001;

async function plain(response: string, authenticator = new OneAccount()): Promise<unknown> {
  return (await play(startExchange("PLAIN", { authenticator }), [response]))[0];
}

test("PLAIN takes its one response at once or after an empty challenge", async () => {
  assert.deepEqual(await play(startExchange("PLAIN"), ["\0anna\0geheim"]), [ACCEPTED]);
  assert.deepEqual(await play(startExchange("PLAIN"), [undefined, "\0anna\0geheim"]), ["", ACCEPTED]);
  assert.deepEqual(await play(startExchange("PLAIN"), ["\0anna\0falsch"]), [REFUSED]);
});

test("the response of RFC 5034 §6 is understood", async () => {
  const response = Buffer.from("dGVzdAB0ZXN0AHRlc3Q=", "base64").toString("latin1");
  const authenticator = new OneAccount();
  await plain(response, authenticator);
  assert.deepEqual(authenticator.asked, ["test/test"]);
});

test("an empty response is not the same as none", async () => {
  assert.deepEqual(await play(startExchange("PLAIN"), [""]), [REFUSED]);
});

requirement("P3-S-217", "PLAIN takes fields of up to 255 octets of UTF-8 between exactly two NULs", async () => {
  const authenticator = new OneAccount();
  const name = "n".repeat(255);
  const password = "p".repeat(255);
  await plain(`${name}\0${name}\0${password}`, authenticator);
  await plain(`\0${utf8("änna")}\0${utf8("geheim🏤")}`, authenticator);
  assert.deepEqual(authenticator.asked, [`${name}/${password}`, "änna/geheim🏤"]);

  const silent = new OneAccount();
  const malformed = [
    "anna",
    "anna\0geheim",
    "\0\0anna\0geheim",
    "\0anna\0geheim\0",
    "\0anna\0gehe\0im",
    `\0${"n".repeat(256)}\0geheim`,
    `\0anna\0${"p".repeat(256)}`,
    `${"n".repeat(256)}\0anna\0geheim`,
    "\0ann\xe4\0geheim",
    "\0anna\0gehe\xffim",
    "\xc0\x80\0anna\0geheim",
    "\0\xed\xa0\x80\0geheim",
  ];
  for (const response of malformed) {
    assert.deepEqual(await plain(response, silent), REFUSED, JSON.stringify(response));
  }
  assert.deepEqual(silent.asked, []);
});

requirement("P3-S-218", "an authorization identity must be the login itself, or empty", async () => {
  assert.deepEqual(await plain("anna\0anna\0geheim"), ACCEPTED);
  assert.deepEqual(await plain("\0anna\0geheim"), ACCEPTED);
  assert.deepEqual(await plain("bert\0anna\0geheim"), REFUSED);
  assert.deepEqual(await plain("Anna\0anna\0geheim"), REFUSED);
});

requirement("P3-S-216", "an authorization identity is prepared, and one of which nothing is left fails", async () => {
  const softHyphen = utf8("\u00ad");
  assert.deepEqual(await plain(`an${softHyphen}na\0anna\0geheim`), ACCEPTED);
  assert.deepEqual(await plain(`${softHyphen}\0anna\0geheim`), REFUSED);
  assert.deepEqual(await plain(`\x07anna\0anna\0geheim`), REFUSED);
});

requirement("P3-S-219", "a name or password that is empty, or is after preparation, fails", async () => {
  const authenticator = new OneAccount();
  const responses = [
    "\0\0geheim",
    "\0anna\0",
    "\0\0",
    `\0${utf8("\u00ad")}\0geheim`,
    `\0anna\0${utf8("\u2060\u00ad\ufe0f")}`,
    "\0anna\0geheim\x01",
    "\0an\x7fna\0geheim",
  ];
  for (const response of responses) assert.deepEqual(await plain(response, authenticator), REFUSED);
  assert.deepEqual(authenticator.asked, []);
});

test("name and password reach the authenticator as they were sent", async () => {
  const authenticator = new OneAccount();
  await plain(`\0${utf8("ﬀ")}\0${utf8(" \u00a0Ⅸ ")}`, authenticator);
  assert.deepEqual(authenticator.asked, ["ﬀ/ \u00a0Ⅸ "]);
});

test("a byte order mark is part of the name it stands in", async () => {
  const authenticator = new OneAccount();
  await plain(`\0${utf8("\ufeffanna")}\0geheim`, authenticator);
  assert.deepEqual(authenticator.asked, ["\ufeffanna/geheim"]);
});

test("an outage is told as it is", async () => {
  const cause = new Error("down");
  const authenticator = new OneAccount();
  authenticator.checkPassword = async () => ({ kind: "unavailable", cause }) as never;
  assert.deepEqual(await plain("\0anna\0geheim", authenticator), { kind: "unavailable", cause });
});

test("an exchange that is over is not asked again", async () => {
  const exchange = startExchange("PLAIN");
  await play(exchange, ["nonsense"]);
  await assert.rejects(exchange.next(Buffer.from("\0anna\0geheim")), /over/);
});

test("an exchange whose accounts failed in a way nobody foresaw is over", async () => {
  const authenticator = new OneAccount();
  authenticator.checkPassword = () => Promise.reject(new Error("a mistake of ours"));
  const exchange = startExchange("PLAIN", { authenticator });
  const response = Buffer.from("\0anna\0geheim");
  await assert.rejects(exchange.next(response), /a mistake of ours/);
  await assert.rejects(exchange.next(response), /over/);
});

test(`PLAIN answers any octets with a verdict (seed ${SEED})`, async () => {
  const octet = fc.constantFrom(0, 0, 0x61, 0x20, 0x3d, 0x2c, 0xc3, 0xa4, 0xff, 0x0a);
  await fc.assert(
    fc.asyncProperty(fc.array(octet, { maxLength: 12 }), async (octets) => {
      const step = await startExchange("PLAIN").next(Uint8Array.from(octets));
      assert.deepEqual(step, { kind: "done", verdict: REFUSED });
    }),
    { seed: SEED, numRuns: 500 },
  );
});
