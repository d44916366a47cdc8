// RFC 5802 and RFC 7677 from the client's end.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { SaslClientError, type SaslClientExchange } from "../../src/sasl/index.ts";
import {
  contextOf,
  clientMechanism,
  END_POINT,
  EXPORTER,
  respond,
  startClient,
  type ClientOptions,
} from "./client-fixture.ts";

const SEED = 5_802_001;
const SHA256 = "SCRAM-SHA-256";
const SHA1 = "SCRAM-SHA-1";
const NONCE = "clientnonce";
const GOOD_FIRST = `r=${NONCE}more,s=QSXCR+Q6sek8bf92,i=4096`;

function start(o: ClientOptions = {}, name = SHA256): SaslClientExchange {
  return startClient(name, { makeNonce: () => NONCE, ...o });
}

/** The client's first message. */
async function firstOf(o: ClientOptions = {}, name = SHA256): Promise<string | undefined> {
  return (await respond(start(o, name), [undefined]))[0];
}

/** What the client says to a server-first-message: its code when it refuses. */
async function answerTo(serverFirst: string, o: ClientOptions = {}): Promise<string> {
  const exchange = start(o);
  await exchange.next(undefined);
  return exchange.next(Buffer.from(serverFirst, "latin1")).then(() => "goes on", codeOf);
}

function codeOf(error: unknown): string {
  assert.ok(error instanceof SaslClientError, String(error));
  return error.code;
}

test("the client's part of RFC 5802 §5 goes octet by octet as it is printed there", async () => {
  const exchange = startClient(SHA1, { user: "user", password: "pencil", makeNonce: () => "fyko+d2lbbFgONRv9qkxdawL" });
  const responses = await respond(exchange, [
    undefined,
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  ]);
  assert.deepEqual(responses, [
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "",
  ]);
  assert.equal(exchange.isVerified, true);
});

/** RFC 7677 §3, up to the server's signature. */
async function rfc7677(): Promise<{ exchange: SaslClientExchange; responses: string[] }> {
  const exchange = startClient(SHA256, { user: "user", password: "pencil", makeNonce: () => "rOprNGfwEbeRWgbNEkqO" });
  const serverFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  return { exchange, responses: await respond(exchange, [undefined, serverFirst]) };
}

test("the client's part of RFC 7677 §3 goes octet by octet as it is printed there", async () => {
  const { exchange, responses } = await rfc7677();
  assert.deepEqual(responses, [
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  ]);
  assert.deepEqual(await respond(exchange, ["v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="]), [""]);
  assert.equal(exchange.isVerified, true);
});

requirement(
  "P3-C-075",
  "a nonce that does not begin with the client's, or adds nothing to it, ends the exchange",
  async () => {
    const asked: string[] = [];
    for (const nonce of ["", "Xlientnonce+", "lientnoncemore", NONCE, "clientnonc"]) {
      const expected = nonce === "" ? "MALFORMED_CHALLENGE" : "BAD_NONCE";
      assert.equal(await answerTo(GOOD_FIRST.replace(`${NONCE}more`, nonce), { asked }), expected, nonce);
    }
    assert.deepEqual(asked, [], "nothing was made of the password");
    assert.equal(await answerTo(GOOD_FIRST, { asked }), "goes on");
  },
);

requirement(
  "P3-C-075",
  "without the server's own signature the server is not verified, whatever else it says",
  async () => {
    const bad = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=".replace("G5=", "G8=");
    for (const [serverFinal, code] of [
      [bad, "SERVER_SIGNATURE"],
      ["v=AAAA", "SERVER_SIGNATURE"],
      ["v=", "MALFORMED_CHALLENGE"],
      ["", "MALFORMED_CHALLENGE"],
      ["\xff", "MALFORMED_CHALLENGE"],
      ["x=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "MALFORMED_CHALLENGE"],
      ["v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,m=1", "MALFORMED_CHALLENGE"],
    ] as const) {
      const { exchange } = await rfc7677();
      assert.equal(exchange.isVerified, false, "a +OK in place of the signature is not to be believed");
      assert.equal(await exchange.next(Buffer.from(serverFinal, "latin1")).then(String, codeOf), code, serverFinal);
      assert.equal(exchange.isVerified, false);
    }
  },
);

test("what a server says in e= is given to the caller, in its last message or in its first", async () => {
  const { exchange } = await rfc7677();
  const early = start();
  await early.next(undefined);
  for (const refused of [exchange, early]) {
    await assert.rejects(refused.next(Buffer.from("e=unknown-user,x=1")), {
      code: "SERVER_REFUSED",
      reason: "unknown-user",
    });
    assert.equal(refused.isVerified, false);
  }
});

test("nothing is answered after the end, and nothing after a refusal", async () => {
  const { exchange } = await rfc7677();
  await exchange.next(Buffer.from("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
  await assert.rejects(exchange.next(Buffer.from("more")), { code: "UNEXPECTED_CHALLENGE" });
  const refused = start();
  await refused.next(undefined);
  await assert.rejects(refused.next(Buffer.from("no")), { code: "MALFORMED_CHALLENGE" });
  await assert.rejects(refused.next(Buffer.from(GOOD_FIRST)), { code: "UNEXPECTED_CHALLENGE" });
});

requirement("P3-C-076", "iterations are 4,096 to 10,000,000, and fewer only under TLS", async () => {
  const stop = new Error("asked for the password");
  const tryCount = async (iterations: string, encrypted: boolean): Promise<string> => {
    const context = { ...contextOf({ encrypted }), password: () => Promise.reject(stop) };
    const exchange = clientMechanism(SHA256, { makeNonce: () => NONCE }).start(context);
    await exchange.next(undefined);
    const answer = exchange.next(Buffer.from(GOOD_FIRST.replace("4096", iterations)));
    return answer.then(String, (error: unknown) => (error === stop ? "taken" : codeOf(error)));
  };
  const rows: readonly (readonly [string, string, string])[] = [
    // iterations, under TLS, in clear
    ["0", "MALFORMED_CHALLENGE", "MALFORMED_CHALLENGE"],
    ["1", "taken", "WEAK_PARAMETERS"],
    ["4095", "taken", "WEAK_PARAMETERS"],
    ["4096", "taken", "taken"],
    ["10000000", "taken", "taken"],
    ["10000001", "WEAK_PARAMETERS", "WEAK_PARAMETERS"],
    ["2147483648", "WEAK_PARAMETERS", "WEAK_PARAMETERS"],
    ["9999999999999999", "WEAK_PARAMETERS", "WEAK_PARAMETERS"],
    ["99999999999999999", "MALFORMED_CHALLENGE", "MALFORMED_CHALLENGE"],
    ["-1", "MALFORMED_CHALLENGE", "MALFORMED_CHALLENGE"],
    ["4096.5", "MALFORMED_CHALLENGE", "MALFORMED_CHALLENGE"],
    ["04096", "MALFORMED_CHALLENGE", "MALFORMED_CHALLENGE"],
  ];
  for (const [iterations, underTls, inClear] of rows) {
    assert.equal(await tryCount(iterations, true), underTls, `${iterations} under TLS`);
    assert.equal(await tryCount(iterations, false), inClear, `${iterations} in clear`);
  }
});

requirement("P3-C-076", "a salt of no octet or of one is refused, two are taken", async () => {
  const salted = (salt: string): string => GOOD_FIRST.replace("QSXCR+Q6sek8bf92", salt);
  assert.equal(await answerTo(salted("")), "WEAK_PARAMETERS");
  assert.equal(await answerTo(salted("QQ==")), "WEAK_PARAMETERS");
  assert.equal(await answerTo(salted("QUE=")), "goes on");
});

requirement(
  "P3-C-077",
  "the gs2 flag is p for -PLUS, y when the client could bind and nothing was offered, else n",
  async () => {
    const channelBindings = [EXPORTER, END_POINT];
    const flag = async (o: ClientOptions, name?: string): Promise<string> =>
      String(await firstOf(o, name)).split(",,")[0] ?? "";
    assert.equal(
      await flag({ channelBindings: [{ ...EXPORTER }], plusOffered: true }, `${SHA256}-PLUS`),
      "p=tls-exporter",
    );
    assert.equal(
      await flag({ channelBindings: [{ ...END_POINT }], plusOffered: true }, `${SHA1}-PLUS`),
      "p=tls-server-end-point",
    );
    assert.equal(await flag({ channelBindings, plusOffered: false }), "y");
    assert.equal(await flag({ channelBindings, plusOffered: true }), "n");
    assert.equal(await flag({}), "n");
    assert.equal(await flag({ plusOffered: true }), "n");
  },
);

requirement("P3-C-077", "the channel binding in the final message is the flag's, octet for octet", async () => {
  for (const [name, o, expected] of [
    [
      `${SHA256}-PLUS`,
      { channelBindings: [{ ...EXPORTER }], plusOffered: true },
      Buffer.concat([Buffer.from("p=tls-exporter,,"), EXPORTER.data]),
    ],
    [
      `${SHA1}-PLUS`,
      { channelBindings: [{ ...END_POINT }], plusOffered: true },
      Buffer.concat([Buffer.from("p=tls-server-end-point,,"), END_POINT.data]),
    ],
    [SHA256, { channelBindings: [EXPORTER] }, Buffer.from("y,,")],
    [SHA1, { authzid: "a=b,c" }, Buffer.from("n,a=a=3Db=2Cc,")],
  ] as const) {
    const [, final = ""] = await respond(start(o, name), [undefined, GOOD_FIRST]);
    assert.equal(/^c=([^,]+),r=clientnoncemore,p=/.exec(final)?.[1], expected.toString("base64"), name);
  }
});

requirement(
  "P3-C-078",
  "a connection is bound to once; a second exchange on it is refused, on another it is not",
  async () => {
    const channelBindings = [{ ...EXPORTER }, { ...END_POINT }];
    const first = await firstOf({ channelBindings, plusOffered: true }, `${SHA256}-PLUS`);
    assert.ok(first?.startsWith("p=tls-exporter,,"));
    for (const name of [`${SHA256}-PLUS`, `${SHA1}-PLUS`]) {
      await assert.rejects(firstOf({ channelBindings, plusOffered: true }, name), { code: "NO_CHANNEL_BINDING" });
    }
    const another = await firstOf({ channelBindings: [{ ...EXPORTER }], plusOffered: true }, `${SHA256}-PLUS`);
    assert.equal(another, first);
  },
);

test("-PLUS without anything to bind to is refused", async () => {
  await assert.rejects(firstOf({ encrypted: false }, `${SHA256}-PLUS`), { code: "NO_CHANNEL_BINDING" });
});

test("names are prepared and written with =2C and =3D, the authorization identity as it is", async () => {
  assert.equal(await firstOf({ user: "a,b=c" }), `n,,n=a=2Cb=3Dc,r=${NONCE}`);
  assert.equal(await firstOf({ user: "I\u00adX" }), `n,,n=IX,r=${NONCE}`);
  assert.equal(await firstOf({ authzid: "bert" }), `n,a=bert,n=anna,r=${NONCE}`);
});

test("an injected SASLprep is the one that prepares", async () => {
  const saslprep = (text: string): string | undefined => (text === "no" ? undefined : text.toUpperCase());
  assert.equal(await firstOf({ saslprep }), `n,,n=ANNA,r=${NONCE}`);
  await assert.rejects(firstOf({ saslprep, user: "no" }), { code: "CREDENTIALS_UNFIT" });
  const one = await respond(start({ saslprep, password: "geheim" }), [undefined, GOOD_FIRST]);
  const other = await respond(start({ saslprep: (text) => text.toUpperCase(), password: "GEHEIM" }), [
    undefined,
    GOOD_FIRST,
  ]);
  assert.deepEqual(one, other);
});

test("a name or password that cannot be sent ends the exchange before anything is sent of it", async () => {
  for (const user of ["", "an\0na", "an\ud800na", "\u00ad", "an\u0007na"]) {
    await assert.rejects(firstOf({ user }), { code: "CREDENTIALS_UNFIT" }, JSON.stringify(user));
  }
  for (const authzid of ["", "an\0na"]) await assert.rejects(firstOf({ authzid }), { code: "CREDENTIALS_UNFIT" });
  for (const password of ["", "ge\0heim", "ge\u0007heim", "\u00ad"]) {
    assert.equal(await answerTo(GOOD_FIRST, { password }), "CREDENTIALS_UNFIT", JSON.stringify(password));
  }
});

test("the password is asked for once, and what the caller rejects with comes out unchanged", async () => {
  const asked: string[] = [];
  assert.equal(await answerTo(GOOD_FIRST, { asked }), "goes on");
  assert.deepEqual(asked, ["password"]);
  const cause = new TypeError("the keyring is locked");
  const exchange = clientMechanism(SHA256, { makeNonce: () => NONCE }).start({
    ...contextOf(),
    password: () => Promise.reject(cause),
  });
  await exchange.next(undefined);
  await assert.rejects(exchange.next(Buffer.from(GOOD_FIRST)), (error) => error === cause);
});

test("a server-first-message that is not one is refused, an unknown extension is passed over", async () => {
  for (const bad of [
    "",
    "\xff\xfe",
    `r=${NONCE}more`,
    `r=${NONCE}more,s=QSXCR+Q6sek8bf92`,
    `s=QSXCR+Q6sek8bf92,r=${NONCE}more,i=4096`,
    `m=1,${GOOD_FIRST}`,
    `${GOOD_FIRST},m=1`,
    `${GOOD_FIRST},`,
    GOOD_FIRST.replace("s=QSXCR+Q6sek8bf92", "s=QSXCR+Q6sek8bf9"),
    GOOD_FIRST.replace("s=", "t="),
    GOOD_FIRST.replace("i=4096", "i="),
    GOOD_FIRST.replace("more", "mo\x7fre"),
  ]) {
    assert.equal(await answerTo(bad), "MALFORMED_CHALLENGE", bad);
  }
  assert.equal(await answerTo(`${GOOD_FIRST},x=1`), "goes on");
});

test("the client's own nonce has 18 random octets or more and never comes again", async () => {
  const nonces = new Set<string>();
  for (let n = 0; n < 50; n += 1) {
    const [first = ""] = await respond(startClient(SHA256), [undefined]);
    const nonce = /^n,,n=anna,r=([\x21-\x2b\x2d-\x7e]{24,})$/.exec(first)?.[1];
    assert.ok(nonce !== undefined, first);
    nonces.add(nonce);
  }
  assert.equal(nonces.size, 50);
});

test(`no server-first-message makes the client fail in another way than it says (seed ${SEED})`, async () => {
  const part = fc.oneof(
    fc.constantFrom(`r=${NONCE}x`, "r=other", "s=QUJD", "s=", "i=4096", "i=1", "e=x", "m=1", "v=QUJD", "=", ""),
    fc.string({ maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
      const answer = await answerTo(parts.join(","), { encrypted: false });
      const isGood = /^r=clientnonce[\x21-\x2b\x2d-\x7e]+,s=[A-Za-z0-9+/]+=*,i=\d+(,|$)/.test(parts.join(","));
      assert.ok(isGood || answer !== "goes on", parts.join(","));
    }),
    { seed: SEED, numRuns: 300 },
  );
});
