// LOGIN, as mail programs speak it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCEPTED, OneAccount, play, REFUSED, startExchange, utf8 } from "./fixture.ts";

test("LOGIN asks for the name, then for the password", async () => {
  assert.deepEqual(await play(startExchange("LOGIN"), [undefined, "anna", "geheim"]), [
    "Username:",
    "Password:",
    ACCEPTED,
  ]);
  assert.deepEqual(await play(startExchange("LOGIN"), [undefined, "anna", "falsch"]), [
    "Username:",
    "Password:",
    REFUSED,
  ]);
});

test("the prompts of LOGIN are those that clients compare with", async () => {
  const [first, second] = await play(startExchange("LOGIN"), [undefined, "anna"]);
  assert.equal(Buffer.from(String(first)).toString("base64"), "VXNlcm5hbWU6");
  assert.equal(Buffer.from(String(second)).toString("base64"), "UGFzc3dvcmQ6");
});

test("LOGIN takes an initial response as the name", async () => {
  assert.deepEqual(await play(startExchange("LOGIN"), ["anna", "geheim"]), ["Password:", ACCEPTED]);
});

test("LOGIN keeps the spaces of a password", async () => {
  const authenticator = new OneAccount();
  await play(startExchange("LOGIN", { authenticator }), ["anna", "  a  b "]);
  assert.deepEqual(authenticator.asked, ["anna/  a  b "]);
});

test("LOGIN refuses a malformed name or password, after both, without asking anybody", async () => {
  const authenticator = new OneAccount();
  const bad = ["", "\xff", "a\0b", "x".repeat(256), "a\x01", utf8("\u00ad")];
  for (const name of bad) {
    const answers = await play(startExchange("LOGIN", { authenticator }), [undefined, name, "geheim"]);
    assert.deepEqual(answers, ["Username:", "Password:", REFUSED], JSON.stringify(name));
  }
  for (const password of bad) {
    const answers = await play(startExchange("LOGIN", { authenticator }), ["anna", password]);
    assert.deepEqual(answers, ["Password:", REFUSED], JSON.stringify(password));
  }
  assert.deepEqual(authenticator.asked, []);
});

test("LOGIN without a second answer is a password of no octets", async () => {
  assert.deepEqual(await play(startExchange("LOGIN"), ["anna", undefined]), ["Password:", REFUSED]);
});
