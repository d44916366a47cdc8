// RFC 5802 and RFC 7677, with channel bindings of RFC 5929 and RFC 9266.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { deriveScramKeys, madeUpScramKeys, SERVER_MECHANISMS, type Authenticator } from "../../src/sasl/index.ts";
import { ScramClient, type ScramClientOptions } from "../support/scram-client.ts";
import { ACCEPTED, OneAccount, play, REFUSED, startExchange, utf8, type ExchangeOptions } from "./fixture.ts";

const SEED = 7_677_001;
const PLAIN_SCRAM = "SCRAM-SHA-256";
const PLUS = "SCRAM-SHA-256-PLUS";

const exporter = { type: "tls-exporter", data: Buffer.alloc(32, 7) } as const;
const endPoint = { type: "tls-server-end-point", data: Buffer.alloc(32, 9) } as const;
const bound = { channelBindings: [exporter, endPoint], plusOffered: true } as const;

interface Login extends Partial<ScramClientOptions> {
  readonly mechanism?: string;
  readonly options?: ExchangeOptions;
  readonly instead?: { readonly nonce?: string; readonly binding?: string };
  /** Changes the final message before it is sent. */
  readonly spoil?: (message: string) => string;
}

/** A whole login: what the server said to each of the client's messages. */
async function logIn(o: Login): Promise<unknown[]> {
  const client = new ScramClient({ username: "anna", password: "geheim", ...o });
  const exchange = startExchange(o.mechanism ?? PLAIN_SCRAM, o.options);
  const [serverFirst] = await play(exchange, [client.first]);
  if (typeof serverFirst !== "string") return [serverFirst];
  const final = client.final(serverFirst, o.instead);
  const [serverFinal] = await play(exchange, [o.spoil?.(final.message) ?? final.message]);
  if (serverFinal !== final.serverFinal) return [serverFirst, serverFinal];
  return [serverFirst, serverFinal, ...(await play(exchange, [""]))];
}

/** The verdict at the end of a login. */
async function verdict(o: Login): Promise<unknown> {
  return (await logIn(o)).at(-1);
}

test("the exchange of RFC 7677 §3 goes octet by octet as it is printed there", async () => {
  const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
  const keys = await deriveScramKeys("pencil", salt, 4_096);
  const owner = { account: "account", login: "user" };
  const authenticator = { scramKeys: async () => ({ ...keys, owner }), checkPassword: async () => REFUSED };
  const makeNonce = () => "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const exchange = startExchange(PLAIN_SCRAM, { authenticator, makeNonce });
  const sent = [
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "",
  ];
  assert.deepEqual(await play(exchange, sent), [
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    { kind: "accepted", ...owner },
  ]);
});

requirement("P3-S-221", "the exchange of RFC 5802 §5 goes octet by octet as it is printed there", async () => {
  const salt = Buffer.from("QSXCR+Q6sek8bf92", "base64");
  const keys = await deriveScramKeys("pencil", salt, 4_096, { hash: "sha1" });
  const owner = { account: "account", login: "user" };
  const authenticator = { scramKeys: async () => ({ ...keys, owner }), checkPassword: async () => REFUSED };
  const exchange = startExchange("SCRAM-SHA-1", { authenticator, makeNonce: () => "3rfcNHYJY1ZVvWVs7j" });
  const sent = [
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "",
  ];
  assert.deepEqual(await play(exchange, sent), [
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    { kind: "accepted", ...owner },
  ]);
});

requirement(
  "P3-S-223",
  "SCRAM-SHA-1-PLUS is bound to the connection, and SCRAM-SHA-1 notices a downgrade",
  async () => {
    const gs2Header = "p=tls-exporter,,";
    const right = { mechanism: "SCRAM-SHA-1-PLUS", hash: "sha1", options: bound, gs2Header } as const;
    assert.deepEqual(await verdict({ ...right, binding: exporter.data }), ACCEPTED);
    assert.deepEqual(await verdict({ ...right, binding: endPoint.data }), REFUSED);
    const unbound = { mechanism: "SCRAM-SHA-1", hash: "sha1", options: bound } as const;
    assert.deepEqual(await verdict({ ...unbound, gs2Header: "n,," }), ACCEPTED);
    assert.deepEqual(await verdict({ ...unbound, gs2Header: "y,," }), REFUSED);
  },
);

test("keys of another hash than the mechanism's are an outage, not a wrong password", async () => {
  const owner = { account: "account", login: "user" };
  const keys = await deriveScramKeys("pencil", Buffer.from("0123456789abcdef"), 4_096);
  const authenticator = { scramKeys: async () => ({ ...keys, owner }), checkPassword: async () => REFUSED };
  const [end] = await play(startExchange("SCRAM-SHA-1", { authenticator }), ["n,,n=user,r=abc"]);
  assert.equal((end as { readonly kind: string }).kind, "unavailable");
});

requirement("P3-S-206", "SCRAM without an initial response begins with an empty challenge", async () => {
  const client = new ScramClient({ username: "anna", password: "geheim" });
  const exchange = startExchange(PLAIN_SCRAM);
  const [empty, serverFirst] = await play(exchange, [undefined, client.first]);
  assert.equal(empty, "");
  const final = client.final(String(serverFirst));
  assert.deepEqual(await play(exchange, [final.message, ""]), [final.serverFinal, ACCEPTED]);
});

test("the server's signature is a challenge, answered by an empty line and by nothing else", async () => {
  for (const [answer, end] of [
    ["", ACCEPTED],
    ["x", REFUSED],
  ] as const) {
    const client = new ScramClient({ username: "anna", password: "geheim" });
    const exchange = startExchange(PLAIN_SCRAM);
    const [serverFirst] = await play(exchange, [client.first]);
    const final = client.final(String(serverFirst));
    assert.deepEqual(await play(exchange, [final.message, answer]), [final.serverFinal, end]);
  }
});

requirement(
  "P3-S-221",
  "SCRAM adds 18 or more random characters to the nonce and asks for 4,096 iterations or more",
  async () => {
    const parts = new Set<string>();
    for (let n = 0; n < 50; n += 1) {
      const [serverFirst] = await play(startExchange(PLAIN_SCRAM), ["n,,n=anna,r=clientnonce"]);
      const [, own = "", iterations] =
        /^r=clientnonce([\x21-\x2b\x2d-\x7e]+),s=[^,]+,i=(\d+)$/.exec(String(serverFirst)) ?? [];
      assert.ok(own.length >= 18, own);
      assert.ok(Number(iterations) >= 4_096);
      parts.add(own);
    }
    assert.equal(parts.size, 50);
  },
);

requirement("P3-S-221", "SCRAM refuses a changed nonce, channel binding or proof", async () => {
  assert.deepEqual(await verdict({}), ACCEPTED);
  assert.deepEqual(await verdict({ password: "falsch" }), REFUSED);
  assert.deepEqual(await verdict({ instead: { nonce: "clientnonce" } }), REFUSED);
  assert.deepEqual(await verdict({ nonce: "abc", instead: { nonce: "abc000000000000000000000000" } }), REFUSED);
  assert.deepEqual(await verdict({ instead: { binding: "eSws" } }), REFUSED); // base64 of "y,,"
  assert.deepEqual(await verdict({ instead: { binding: "" } }), REFUSED);
  assert.deepEqual(await verdict({ spoil: (message) => message.replace(/p=.{4}/, "p=AAAA") }), REFUSED);
});

test("a final message that is not one is refused", async () => {
  const spoilers: readonly ((message: string) => string)[] = [
    () => "",
    () => "c=biws",
    () => ",p=",
    () => "\xff\xfe",
    (message) => message.replace(/,p=.*$/, ""),
    (message) => message.replace(/p=.*$/, "p="),
    (message) => message.replace(/p=.*$/, "p=AAAA"),
    (message) => message.replace(/=$/, ""),
    (message) => `${message},x=y`,
    (message) => message.replace("c=", "d="),
    (message) => message.replace(",r=", ",q="),
    (message) => message.replace(/^c=[^,]*,/, ""),
    (message) => `x=y,${message}`,
  ];
  for (const [i, spoil] of spoilers.entries()) assert.deepEqual(await verdict({ spoil }), REFUSED, `spoiler ${i}`);
});

requirement("P3-S-222", "a mandatory extension fails, an unknown optional one is passed over", async () => {
  assert.deepEqual(await verdict({ extensions: { first: ",x=1,Y=abc" } }), ACCEPTED);
  assert.deepEqual(await verdict({ extensions: { final: ",x=1,z=a=b" } }), ACCEPTED);
  assert.deepEqual(await verdict({ extensions: { first: ",m=1" } }), REFUSED);
  assert.deepEqual(await verdict({ extensions: { final: ",m=1" } }), REFUSED);
  assert.deepEqual(await play(startExchange(PLAIN_SCRAM), ["n,,m=1,n=anna,r=abc"]), [REFUSED]);
  for (const first of [",", ",x", ",x=", ",1=a", ",xy=a", ",x=a\0"]) {
    assert.deepEqual(await verdict({ extensions: { first } }), REFUSED, first);
  }
});

requirement("P3-S-222", "in a name = stands only before 2C and 3D", async () => {
  const authenticator = new OneAccount("a,b=c");
  assert.deepEqual(await verdict({ username: "a=2Cb=3Dc", options: { authenticator } }), {
    ...ACCEPTED,
    login: "a,b=c",
  });
  for (const username of ["a=", "a=b", "a=2", "a=2c", "a=3d", "=", "a==3D"]) {
    assert.deepEqual(await play(startExchange(PLAIN_SCRAM), [`n,,n=${username},r=abc`]), [REFUSED], username);
  }
});

test("=2C and =3D are read once, not over again", async () => {
  const authenticator = new OneAccount("a=2Cb");
  assert.deepEqual(await verdict({ username: "a=3D2Cb", options: { authenticator } }), { ...ACCEPTED, login: "a=2Cb" });
});

test("a first message that is not one is refused", async () => {
  const firsts = [
    "",
    "n",
    "n,",
    "n,,",
    "n,,n=anna",
    "n,,n=,r=abc",
    "n,,r=abc,n=anna",
    "n,,n=anna,r=",
    "n,,n=anna,s=abc",
    "n,,n=anna,r=a\x7f",
    "n,,n=anna,r=a b",
    `n,,n=anna,r=${"a".repeat(513)}`,
    `n,,n=${"a".repeat(256)},r=abc`,
    "n,,n=an\0na,r=abc",
    "n,,n=\xff,r=abc",
    "N,,n=anna,r=abc",
    "x,,n=anna,r=abc",
    "p=,,n=anna,r=abc",
    "p,,n=anna,r=abc",
    "n,b=anna,n=anna,r=abc",
    "n,a=,n=anna,r=abc",
    "n,a=x=y,n=anna,r=abc",
    `n,,n=${utf8("\u00ad")},r=abc`,
    "n,,n=an\x07na,r=abc",
  ];
  const authenticator = new OneAccount();
  for (const first of firsts) {
    assert.deepEqual(await play(startExchange(PLAIN_SCRAM, { authenticator }), [first]), [REFUSED], first);
  }
  assert.deepEqual(authenticator.asked, []);
});

test("a SCRAM name of 255 octets and a nonce of 512 are allowed", async () => {
  const authenticator = new OneAccount("a".repeat(255));
  const answer = await verdict({ username: authenticator.login, nonce: "b".repeat(512), options: { authenticator } });
  assert.deepEqual(answer, { ...ACCEPTED, login: authenticator.login });
});

test("an authorization identity of SCRAM must be the login itself", async () => {
  assert.deepEqual(await verdict({ gs2Header: "n,a=anna," }), ACCEPTED);
  assert.deepEqual(await verdict({ gs2Header: "n,a=bert," }), REFUSED);
});

requirement("P3-S-223", "the flag y fails while a -PLUS mechanism is offered, and only then", async () => {
  assert.deepEqual(await verdict({ gs2Header: "y,,", options: { plusOffered: true } }), REFUSED);
  assert.deepEqual(await verdict({ gs2Header: "y,," }), ACCEPTED);
  assert.deepEqual(await verdict({ options: { plusOffered: true } }), ACCEPTED);
});

requirement(
  "P3-S-223",
  "a channel binding of an unsupported type fails, and any in a mechanism without one",
  async () => {
    const binding = exporter.data;
    const mechanism = PLUS;
    assert.deepEqual(await verdict({ mechanism, gs2Header: "p=tls-unique,,", binding, options: bound }), REFUSED);
    const onlyEndPoint = { channelBindings: [endPoint], plusOffered: true };
    assert.deepEqual(
      await verdict({ mechanism, gs2Header: "p=tls-exporter,,", binding, options: onlyEndPoint }),
      REFUSED,
    );
    assert.deepEqual(await verdict({ mechanism, gs2Header: "p=tls-exporter,,", binding }), REFUSED);
    assert.deepEqual(await verdict({ gs2Header: "p=tls-exporter,,", binding, options: bound }), REFUSED);
  },
);

test("SCRAM-SHA-256-PLUS takes tls-exporter and tls-server-end-point, bound to this connection", async () => {
  for (const { type, data } of bound.channelBindings) {
    const login = { mechanism: PLUS, gs2Header: `p=${type},,`, options: bound };
    assert.deepEqual(await verdict({ ...login, binding: data }), ACCEPTED, type);
    assert.deepEqual(await verdict({ ...login, binding: Buffer.alloc(32, 8) }), REFUSED, type);
    assert.deepEqual(await verdict(login), REFUSED, type);
  }
  const swapped = { mechanism: PLUS, gs2Header: "p=tls-exporter,,", binding: endPoint.data, options: bound };
  assert.deepEqual(await verdict(swapped), REFUSED);
});

test("SCRAM-SHA-256-PLUS is for clients that bind", async () => {
  assert.deepEqual(await verdict({ mechanism: PLUS, options: bound }), REFUSED);
  assert.deepEqual(await verdict({ mechanism: PLUS, gs2Header: "y,,", options: bound }), REFUSED);
});

requirement(
  "P3-S-225",
  "a login that does not exist gets a stable salt and count and fails only at its proof",
  async () => {
    const shape = (serverFirst: unknown) => /,s=([^,]+),i=(\d+)$/.exec(String(serverFirst))?.slice(1);
    const unknown = await logIn({ username: "nobody" });
    const again = await logIn({ username: "nobody" });
    const other = await logIn({ username: "nobody2" });
    const known = await logIn({ password: "falsch" });
    for (const answers of [unknown, again, other, known]) assert.deepEqual([answers.length, answers[1]], [2, REFUSED]);
    assert.deepEqual(shape(unknown[0]), shape(again[0]));
    assert.notDeepEqual(shape(unknown[0]), shape(other[0]));
    assert.equal(String(unknown[0]).length, String(known[0]).length);
    assert.equal(shape(unknown[0])?.[1], shape(known[0])?.[1]);
  },
);

test("keys without an owner let nobody in, though the proof fits them", async () => {
  const one = new OneAccount();
  const authenticator: Authenticator = {
    checkPassword: async () => REFUSED,
    scramKeys: async (login, peer, hash) => ({ ...(await one.scramKeys(login, peer, hash)), owner: undefined }),
  };
  assert.deepEqual(await verdict({ options: { authenticator } }), REFUSED);
});

test("an outage of the accounts is no wrong password, and keeps its cause", async () => {
  const cause = new Error("down");
  const authenticator: Authenticator = {
    checkPassword: async () => REFUSED,
    scramKeys: () => Promise.reject(cause),
  };
  assert.deepEqual(await verdict({ options: { authenticator } }), { kind: "unavailable", cause });
});

test("keys with too few iterations are an outage, not used", async () => {
  const one = new OneAccount();
  const authenticator: Authenticator = {
    checkPassword: async () => REFUSED,
    scramKeys: async (login, peer, hash) => ({ ...(await one.scramKeys(login, peer, hash)), iterations: 4_095 }),
  };
  const end = (await verdict({ options: { authenticator } })) as { readonly kind: string; readonly cause: unknown };
  assert.equal(end.kind, "unavailable");
  assert.ok(end.cause instanceof RangeError);
});

test("a login reaches the accounts as it was sent", async () => {
  const authenticator = new OneAccount();
  await play(startExchange(PLAIN_SCRAM, { authenticator }), [`n,,n=${utf8("ﬀ Ⅸ")},r=abc`]);
  assert.deepEqual(authenticator.asked, ["ﬀ Ⅸ"]);
});

test("keys are derived as RFC 5802 §3 says, of a prepared password", async () => {
  const salt = Buffer.from("salt");
  const one = await deriveScramKeys("IX", salt, 4_096);
  const other = await deriveScramKeys("\u2168", salt, 4_096);
  assert.deepEqual(one, other);
  assert.deepEqual([one.storedKey.length, one.serverKey.length, one.iterations], [32, 32, 4_096]);
  const own = await deriveScramKeys("\u2168", salt, 4_096, { saslprep: (text) => text });
  assert.notDeepEqual(own.storedKey, one.storedKey);
});

test("keys are not derived of too few iterations, no salt or a password that preparation refuses", async () => {
  const salt = Buffer.from("salt");
  await assert.rejects(deriveScramKeys("a", salt, 4_095), RangeError);
  await assert.rejects(deriveScramKeys("a", new Uint8Array(0), 4_096), RangeError);
  await assert.rejects(deriveScramKeys("", salt, 4_096), RangeError);
  await assert.rejects(deriveScramKeys("\x07", salt, 4_096), RangeError);
});

test("made-up keys depend on the login and the secret, and have the size asked for", () => {
  const options = { login: "a", secret: Buffer.from("s"), iterations: 5_000, saltOctets: 20 };
  const keys = madeUpScramKeys(options);
  assert.deepEqual(madeUpScramKeys(options), keys);
  assert.deepEqual([keys.salt.length, keys.iterations, keys.owner], [20, 5_000, undefined]);
  assert.notDeepEqual(madeUpScramKeys({ ...options, login: "b" }).salt, keys.salt);
  assert.notDeepEqual(madeUpScramKeys({ ...options, secret: Buffer.from("t") }).salt, keys.salt);
  assert.notDeepEqual(keys.storedKey, keys.serverKey);
});

test("mechanisms are offered strongest first, with what a server must know of each", () => {
  const rows = SERVER_MECHANISMS.map((m) => [m.name, m.plaintext, m.channelBinding, m.serverFirst]);
  assert.deepEqual(rows, [
    ["SCRAM-SHA-256-PLUS", false, true, false],
    ["SCRAM-SHA-256", false, false, false],
    ["SCRAM-SHA-1-PLUS", false, true, false],
    ["SCRAM-SHA-1", false, false, false],
    ["PLAIN", true, false, false],
    ["LOGIN", true, false, false],
  ]);
});

test(`SCRAM goes on after a well-formed first message only, and no random final one gets in (seed ${SEED})`, async () => {
  const pieces = [
    "n",
    "y",
    "p=",
    ",",
    "=",
    "a=",
    "n=",
    "r=",
    "c=",
    "p=AAAA",
    "m=",
    "=2C",
    "anna",
    "\xff",
    "\0",
    "biws",
  ];
  const message = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""));
  // RFC 5802 §7 for what these pieces can make; an authorization identity of another name is refused as well.
  const name = "(?:[^=,\\0\\xff]|=2C)+";
  const wellFormed = new RegExp(`^[ny],,n=${name},r=[^,\\0\\xff]+(?:,[A-Za-ln-z]=[^,\\0\\xff]+)*$`);
  const withIdentity = new RegExp(`^[ny],a=(${name}),n=\\1,r=[^,\\0\\xff]+(?:,[A-Za-ln-z]=[^,\\0\\xff]+)*$`);
  await fc.assert(
    fc.asyncProperty(message, message, async (end, final) => {
      for (const first of [end, `n,,n=anna,${end}`, `n,,n=anna,r=${end}`, `n,a=anna,n=anna,r=${end}`]) {
        const [answer] = await play(startExchange(PLAIN_SCRAM), [first]);
        const goesOn = wellFormed.test(first) || withIdentity.test(first);
        assert.equal(typeof answer, goesOn ? "string" : "object", JSON.stringify(first));
      }
      const exchange = startExchange(PLAIN_SCRAM);
      await play(exchange, ["n,,n=anna,r=abc"]);
      assert.deepEqual(await play(exchange, [final]), [REFUSED]);
    }),
    { seed: SEED, numRuns: 400 },
  );
});
