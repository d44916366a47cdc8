// The client's mechanisms other than SCRAM, and all of them against this package's own server side.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { APOP, CLIENT_MECHANISMS, SERVER_MECHANISMS } from "../../src/sasl/index.ts";
import {
  clientMechanism,
  contextOf,
  END_POINT,
  EXPORTER,
  respond,
  startClient,
  type ClientOptions,
} from "./client-fixture.ts";
import { ACCEPTED, REFUSED, startExchange, utf8, type ExchangeOptions } from "./fixture.ts";

test("mechanisms come strongest first, with what a session must know of each", () => {
  const rows = CLIENT_MECHANISMS.map((mechanism) => {
    const { start: _, name, needs, ...claims } = mechanism;
    return [name, needs, ...Object.entries(claims).flatMap(([claim, holds]) => (holds ? [claim] : []))];
  });
  assert.deepEqual(rows, [
    ["SCRAM-SHA-256-PLUS", "password", "channelBinding"],
    ["SCRAM-SHA-256", "password"],
    ["SCRAM-SHA-1-PLUS", "password", "channelBinding"],
    ["SCRAM-SHA-1", "password"],
    ["PLAIN", "password", "plaintext", "ignoresFirstChallenge"],
    ["LOGIN", "password", "plaintext", "serverFirst", "ignoresFirstChallenge"],
    ["CRAM-MD5", "password", "serverFirst", "onRequestOnly"],
    ["OAUTHBEARER", "token", "plaintext", "ignoresFirstChallenge"],
    ["XOAUTH2", "token", "plaintext", "ignoresFirstChallenge", "prefersTwoSteps"],
    ["EXTERNAL", "nothing", "ignoresFirstChallenge"],
  ]);
});

/** The verdict of this package's server side on this package's client side. */
async function logIn(name: string, o: ClientOptions = {}, server: ExchangeOptions = {}): Promise<unknown> {
  const exchange = startExchange(name, server);
  const client = startClient(name, o);
  const { serverFirst } = clientMechanism(name);
  let step = await exchange.next(serverFirst ? undefined : await client.next(undefined));
  while (step.kind === "challenge") step = await exchange.next(await client.next(step.octets));
  assert.equal(client.isVerified || step.verdict.kind !== "accepted", true, "who is let in knows by whom");
  return step.verdict;
}

test("every mechanism of the server lets its client in with the right password, and with no other", async () => {
  for (const { name } of SERVER_MECHANISMS) {
    for (const binding of name.endsWith("-PLUS") ? [EXPORTER, END_POINT] : [undefined]) {
      const bound = (): ClientOptions =>
        binding === undefined ? {} : { channelBindings: [{ ...binding }], plusOffered: true };
      const server: ExchangeOptions = binding === undefined ? {} : { channelBindings: [binding], plusOffered: true };
      assert.deepEqual(await logIn(name, bound(), server), ACCEPTED, `${name} ${binding?.type}`);
      assert.deepEqual(
        await logIn(name, { ...bound(), authzid: name === "LOGIN" ? undefined : "anna" }, server),
        ACCEPTED,
      );
      assert.deepEqual(await logIn(name, { ...bound(), password: "falsch" }, server), REFUSED);
      assert.deepEqual(await logIn(name, { ...bound(), user: "bert" }, server), REFUSED);
    }
  }
});

test("a client bound to another connection than the server's is not let in", async () => {
  const o = { channelBindings: [{ ...EXPORTER, data: Buffer.alloc(32, 8) }], plusOffered: true };
  assert.deepEqual(await logIn("SCRAM-SHA-256-PLUS", o, { channelBindings: [EXPORTER], plusOffered: true }), REFUSED);
});

test("a client that could bind and saw no -PLUS is refused by a server that offered one", async () => {
  const o = { channelBindings: [{ ...EXPORTER }], plusOffered: false };
  assert.deepEqual(await logIn("SCRAM-SHA-256", o, { channelBindings: [EXPORTER], plusOffered: true }), REFUSED);
  assert.deepEqual(await logIn("SCRAM-SHA-256", o, {}), ACCEPTED);
});

test("PLAIN sends authzid, name and password between NULs (RFC 5034 §6's example)", async () => {
  const o = { user: "test", password: "test", authzid: "test" };
  const [message = ""] = await respond(startClient("PLAIN", o), [undefined]);
  assert.equal(Buffer.from(message, "latin1").toString("base64"), "dGVzdAB0ZXN0AHRlc3Q=");
  assert.deepEqual(await respond(startClient("PLAIN"), [undefined]), ["\0anna\0geheim"]);
});

requirement("P3-C-080", "PLAIN and LOGIN send UTF-8, and refuse NUL and what no UTF-8 can carry", async () => {
  const o = { user: "jürgen", password: "пароль" };
  assert.deepEqual(await respond(startClient("PLAIN", o), [undefined]), [`\0${utf8("jürgen")}\0${utf8("пароль")}`]);
  assert.deepEqual(await respond(startClient("LOGIN", o), ["Username:", "Password:"]), [
    utf8("jürgen"),
    utf8("пароль"),
  ]);
  for (const name of ["PLAIN", "LOGIN"]) {
    for (const bad of ["", "a\0b", "\0", "a\ud800b", "\udc00"]) {
      for (const unfit of [{ user: bad }, { password: bad }]) {
        const first = name === "PLAIN" ? undefined : "";
        await assert.rejects(
          respond(startClient(name, unfit), [first]),
          { code: "CREDENTIALS_UNFIT" },
          JSON.stringify(unfit),
        );
      }
    }
  }
  await assert.rejects(respond(startClient("PLAIN", { authzid: "a\0b" }), [undefined]), { code: "CREDENTIALS_UNFIT" });
});

test("PLAIN and LOGIN send a password as it was typed, spaces and all", async () => {
  const password = " a\u00a0\u00adb ";
  assert.deepEqual(await respond(startClient("PLAIN", { password }), [undefined]), [`\0anna\0${utf8(password)}`]);
  assert.deepEqual((await respond(startClient("LOGIN", { password }), ["", ""]))[1], utf8(password));
});

test("PLAIN has nothing to say to a second challenge", async () => {
  await assert.rejects(respond(startClient("PLAIN"), [undefined, ""]), { code: "UNEXPECTED_CHALLENGE" });
});

test("LOGIN answers two prompts in whatever words, and no third", async () => {
  const exchange = startClient("LOGIN");
  assert.deepEqual(await respond(exchange, ["go ahead", "\xff"]), ["anna", "geheim"]);
  await assert.rejects(respond(exchange, ["Password:"]), { code: "UNEXPECTED_CHALLENGE" });
});

test("CRAM-MD5 answers the challenge of RFC 2195 §2 as it is printed there", async () => {
  const challenge = Buffer.from("PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+", "base64").toString(
    "latin1",
  );
  const [response = ""] = await respond(startClient("CRAM-MD5", { user: "tim", password: "tanstaaftanstaaf" }), [
    challenge,
  ]);
  assert.equal(Buffer.from(response, "latin1").toString("base64"), "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
});

test("CRAM-MD5 signs no empty challenge and no NUL, and answers once", async () => {
  await assert.rejects(respond(startClient("CRAM-MD5"), [""]), { code: "MALFORMED_CHALLENGE" });
  await assert.rejects(respond(startClient("CRAM-MD5", { user: "a\0" }), ["<1@a>"]), { code: "CREDENTIALS_UNFIT" });
  await assert.rejects(respond(startClient("CRAM-MD5", { password: "a\0" }), ["<1@a>"]), { code: "CREDENTIALS_UNFIT" });
  await assert.rejects(respond(startClient("CRAM-MD5"), ["<1@a>", "<2@a>"]), { code: "UNEXPECTED_CHALLENGE" });
});

test("XOAUTH2 sends the name and the token, and answers an error with an empty line", async () => {
  const exchange = startClient("XOAUTH2", { user: "anna@example.com", token: "ya29.token" });
  assert.deepEqual(await respond(exchange, [undefined]), ["user=anna@example.com\x01auth=Bearer ya29.token\x01\x01"]);
  assert.equal(exchange.failure, undefined);
  assert.equal(exchange.isVerified, true);
  assert.deepEqual(
    await respond(exchange, ['{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}']),
    [""],
  );
  assert.deepEqual(exchange.failure, { status: "400", scope: "https://mail.google.com/", tokenExpired: true });
  assert.equal(exchange.isVerified, false, "a +OK behind an error is not to be believed");
  await assert.rejects(respond(exchange, ["{}"]), { code: "UNEXPECTED_CHALLENGE" });
});

test("XOAUTH2 opens the mailbox that the authorization identity names", async () => {
  const [message] = await respond(startClient("XOAUTH2", { user: "anna", authzid: "office@example.com" }), [undefined]);
  assert.equal(message, "user=office@example.com\x01auth=Bearer token\x01\x01");
});

test("OAUTHBEARER sends the message of RFC 7628 §4.1 as it is printed there", async () => {
  const o = {
    user: "user@example.com",
    host: "server.example.com",
    port: 143,
    token: "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
  };
  const [message = ""] = await respond(startClient("OAUTHBEARER", o), [undefined]);
  assert.equal(
    Buffer.from(message, "latin1").toString("base64"),
    "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI" +
      "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
  );
});

test("OAUTHBEARER answers an error challenge with AQ== and gives its status and scope (RFC 7628 §3.2.3)", async () => {
  const exchange = startClient("OAUTHBEARER", { user: "a,b=c" });
  const [message, dummy = ""] = await respond(exchange, [undefined, '{"status":"invalid_token","scope":"mail"}']);
  assert.equal(message, "n,a=a=2Cb=3Dc,\x01host=pop.example.com\x01port=995\x01auth=Bearer token\x01\x01");
  assert.equal(Buffer.from(dummy, "latin1").toString("base64"), "AQ==");
  assert.deepEqual(exchange.failure, { status: "invalid_token", scope: "mail", tokenExpired: true });
  assert.equal(exchange.isVerified, false);
});

test("an error challenge is answered whatever is in it; only some are worth a fresh token", async () => {
  const rows: readonly (readonly [string, string, string | undefined, boolean])[] = [
    ["", "", undefined, false],
    ["go away", "", undefined, false],
    ["\xff", "", undefined, false],
    ["null", "", undefined, false],
    ["[1]", "", undefined, false],
    ['"text"', "", undefined, false],
    ['{"status":{"a":1},"scope":["x"]}', "", undefined, false],
    ['{"status":401}', "401", undefined, true],
    ['{"status":"403"}', "403", undefined, false],
    ['{"status":"insufficient_scope","scope":"pop"}', "insufficient_scope", "pop", false],
    [`{"status":"${"x".repeat(5_000)}","scope":"${"y".repeat(5_000)}"}`, "x".repeat(1_024), "y".repeat(1_024), false],
  ];
  for (const [challenge, status, scope, tokenExpired] of rows) {
    for (const [name, answer] of [
      ["XOAUTH2", ""],
      ["OAUTHBEARER", "\x01"],
    ] as const) {
      const exchange = startClient(name);
      assert.deepEqual((await respond(exchange, [undefined, challenge]))[1], answer);
      assert.deepEqual(exchange.failure, { status, scope, tokenExpired }, challenge.slice(0, 80));
    }
  }
});

test("a token of 64 KiB goes out whole; a longer one, an empty one and one with other octets do not", async () => {
  const token = "t".repeat(65_536);
  for (const name of ["XOAUTH2", "OAUTHBEARER"]) {
    const [message = ""] = await respond(startClient(name, { token }), [undefined]);
    assert.ok(message.includes(`auth=Bearer ${token}\x01\x01`));
    for (const bad of [`${token}t`, "", "a b", "a\x01b", "a\r\nb", "ä"]) {
      await assert.rejects(respond(startClient(name, { token: bad }), [undefined]), { code: "CREDENTIALS_UNFIT" });
    }
  }
});

test("a name or host with a control character could forge a field, and is refused", async () => {
  for (const name of ["XOAUTH2", "OAUTHBEARER"]) {
    for (const user of ["a\x01auth=Bearer x", "a\r\n", "a\0", "a\x7f", ""]) {
      await assert.rejects(respond(startClient(name, { user }), [undefined]), { code: "CREDENTIALS_UNFIT" });
    }
  }
  await assert.rejects(respond(startClient("OAUTHBEARER", { host: "a\x01b" }), [undefined]), {
    code: "CREDENTIALS_UNFIT",
  });
});

test("a token is asked for once, and what the caller rejects with comes out unchanged", async () => {
  const asked: string[] = [];
  await respond(startClient("XOAUTH2", { asked }), [undefined, "{}"]);
  assert.deepEqual(asked, ["token"]);
  const cause = new Error("no refresh token");
  const exchange = clientMechanism("XOAUTH2").start({ ...contextOf(), token: () => Promise.reject(cause) });
  await assert.rejects(exchange.next(undefined), (error) => error === cause);
});

test("EXTERNAL sends the identity to act as, or nothing", async () => {
  assert.deepEqual(await respond(startClient("EXTERNAL", { user: "" }), [undefined]), [""]);
  assert.deepEqual(await respond(startClient("EXTERNAL", { authzid: "bert" }), [undefined]), ["bert"]);
  await assert.rejects(respond(startClient("EXTERNAL", { authzid: "a\0b" }), [undefined]), {
    code: "CREDENTIALS_UNFIT",
  });
  await assert.rejects(respond(startClient("EXTERNAL"), [undefined, "?"]), { code: "UNEXPECTED_CHALLENGE" });
});

test("no error of an exchange tells the secret it was about", async () => {
  for (const [name, first] of [
    ["PLAIN", undefined],
    ["LOGIN", ""],
    ["CRAM-MD5", "<1@a>"],
    ["XOAUTH2", undefined],
  ] as const) {
    const secret = "hunter2\0";
    const attempt = respond(startClient(name, { password: secret, token: secret }), [first]);
    await assert.rejects(attempt, (error: Error) => !/hunter2/.test(`${error.message}${error.stack}`));
  }
});

test("APOP digests are those of RFC 1939 §7 and RFC 2384 (erratum 2943)", () => {
  const digest = APOP.digest("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf");
  assert.equal(digest, "c4c9334bac560ecc979e58001b3e22fb");
  assert.equal(APOP.digest("<1896.697170952@mail.eudora.com>", "secret"), "8f5de26536bc248ba202a9ca612e71bd");
});

test("an APOP timestamp is a msg-id of ASCII and nothing less", () => {
  const timestamp = (text: string): string | undefined => APOP.timestampOf(`+OK POP3 ready ${text}`);
  for (const good of ["<1896.697170952@dbc.mtview.ca.us>", "<a@b>", "<1.2@[127.0.0.1]>", "<$x-1@host>"]) {
    assert.equal(timestamp(good), good);
    assert.equal(timestamp(`${good} trailing`), good);
    assert.equal(timestamp(`<welcome> ${good}`), good);
  }
  for (const bad of [
    "",
    "<>",
    "<a>",
    "<@>",
    "<a@>",
    "<@b>",
    "<a@b",
    "a@b>",
    "<a@b@c>",
    "<a b@c>",
    "<a..b@c>",
    "<.a@c>",
    "<a@c.>",
    "<\xe9@b>",
    "<a@\xff\xfe>",
    "<a@b\x01>",
    "<a@[b>",
    "<a@[]>",
  ]) {
    assert.equal(timestamp(bad), undefined, bad);
  }
});
