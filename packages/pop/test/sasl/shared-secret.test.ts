// The server's side of CRAM-MD5 (RFC 2195), and what APOP checks by the same means.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { makeTimestamp, SERVER_MECHANISMS, type Authenticator, type SharedSecret } from "../../src/sasl/index.ts";
import { ACCEPTED, OneAccount, play, REFUSED, startExchange } from "./fixture.ts";

/** Knows the secret of RFC 2195 §2 for one login, and of any other that it has none. */
class OneSecret extends OneAccount implements Authenticator {
  // oxlint-disable-next-line typescript/require-await -- an authenticator answers later
  async sharedSecret(login: string): Promise<SharedSecret> {
    return login === this.login
      ? { secret: "tanstaaftanstaaf", owner: { account: ACCEPTED.account, login } }
      : { secret: "tanstaaftanstaaf", owner: undefined };
  }
}

/** The verdict on what a client makes of its challenge. */
async function verdict(
  respond: (challenge: string) => string,
  authenticator: Authenticator = new OneSecret(),
): Promise<unknown> {
  const exchange = startExchange("CRAM-MD5", { authenticator, cramMd5: { hostName: "postoffice.example" } });
  const [challenge] = await play(exchange, [undefined]);
  assert.match(String(challenge), /^<[0-9a-f]{24}\.\d+@postoffice\.example>$/u);
  const [answer] = await play(exchange, [respond(String(challenge))]);
  return answer;
}

function signed(login: string, secret = "tanstaaftanstaaf"): (challenge: string) => string {
  return (challenge) => `${login} ${createHmac("md5", secret).update(challenge).digest("hex")}`;
}

test("CRAM-MD5 is offered only where it is asked for", () => {
  assert.ok(!SERVER_MECHANISMS.some(({ name }) => name === "CRAM-MD5"));
  assert.throws(() => startExchange("CRAM-MD5"));
});

test("CRAM-MD5 lets in who knows the secret, also by a name with spaces, and nobody else", async () => {
  assert.deepEqual(await verdict(signed("anna")), ACCEPTED);
  assert.deepEqual(await verdict(signed("anna of post"), new OneSecret("anna of post")), {
    ...ACCEPTED,
    login: "anna of post",
  });
  assert.deepEqual(await verdict(signed("anna", "another")), REFUSED);
  assert.deepEqual(await verdict(signed("bert")), REFUSED);
});

test("CRAM-MD5 refuses what is no name and digest", async () => {
  const digest = "b913a602c7eda7a495b4e6e7334d3890";
  for (const response of ["", digest, ` ${digest}`, `anna ${digest}0`, `anna ${digest.toUpperCase()}`, "\xff\xfe"]) {
    assert.deepEqual(await verdict(() => response), REFUSED, response);
  }
  assert.deepEqual(await verdict(signed("a".repeat(70_000))), REFUSED);
  assert.deepEqual(await verdict(signed("an\x07na")), REFUSED);
});

test("an authenticator without secrets refuses, one whose secrets cannot be read now is unavailable", async () => {
  assert.deepEqual(await verdict(signed("anna"), new OneAccount()), REFUSED);
  const cause = new Error("the key file is gone");
  const broken = Object.assign(new OneAccount(), { sharedSecret: () => Promise.reject(cause) });
  assert.deepEqual(await verdict(signed("anna"), broken), { kind: "unavailable", cause });
});

test("a host name that could stand in no timestamp is not put into one", () => {
  assert.match(makeTimestamp("post.example"), /@post\.example>$/u);
  for (const hostName of ["", "a b", "a>b", "\u00fc.example"]) assert.match(makeTimestamp(hostName), /@localhost>$/u);
});
