// Logging in: which way is taken, what is never said, when to stop, and what a program learns of a refusal.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect, type Auth, type PasswordMechanism, type TokenRequest } from "@restante/pop/client";
import type { PeerFault, PeerMechanism, ScriptedPeerOptions } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { errorOf, settingFor, type Setting } from "./fixture.ts";

const TLS = { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert, implicit: true };
const TRUST = { tls: "implicit", tlsOptions: { ca: TEST_CERTIFICATE.cert } } as const;
const PASSWORD = { user: "anna", password: "secret" } as const;

function auths(setting: Setting): readonly string[] {
  return setting.peer.commands
    .filter((command) => /^(?:AUTH|USER|PASS|APOP)\b/.test(command))
    .map((command) =>
      command
        .split(" ")
        .slice(0, command.startsWith("AUTH") ? 2 : 1)
        .join(" "),
    );
}

async function loggedIn(context: TestContext, o: ScriptedPeerOptions, auth: Auth, tls = false): Promise<Setting> {
  const setting = await settingFor(context, { ...o, ...(tls && { tls: TLS }) });
  const pop = await setting.session({ auth, ...(tls && TRUST) });
  assert.equal(pop.state, "transaction");
  return setting;
}

requirement("P3-C-066", "every mechanism logs in, over TLS and where it can without", async (context) => {
  const all: readonly (PeerMechanism | "USER" | "APOP")[] = [
    "SCRAM-SHA-256",
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "USER",
    "APOP",
  ];
  const greeting = "ready <1896.697170952@dbc.mtview.ca.us>";
  for (const tls of [false, true]) {
    for (const mechanism of tls ? [...all, "SCRAM-SHA-256-PLUS" as const] : all) {
      const offered = mechanism === "USER" || mechanism === "APOP" ? [] : [mechanism];
      const auth = { ...PASSWORD, mechanisms: [mechanism as PasswordMechanism] };
      const setting = await loggedIn(context, { mechanisms: offered, greeting }, auth, tls);
      const expected = { USER: ["USER", "PASS"], APOP: ["APOP"] }[mechanism as string] ?? [`AUTH ${mechanism}`];
      assert.deepEqual(auths(setting), expected);
    }
    for (const mechanism of ["XOAUTH2", "OAUTHBEARER"] as const) {
      const auth = { user: "anna", oauth2: () => Promise.resolve({ token: "token" }) };
      const setting = await loggedIn(context, { mechanisms: [mechanism] }, auth, tls);
      assert.deepEqual(auths(setting), [`AUTH ${mechanism}`]);
    }
  }
});

requirement(
  ["P3-C-067", "P3-C-074"],
  "the strongest announced way is taken; CRAM-MD5 and APOP only when they are named",
  async (context) => {
    const everything = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"] as const;
    const greeting = "ready <1896.697170952@dbc.mtview.ca.us>";
    const take = async (mechanisms: ScriptedPeerOptions["mechanisms"], tls: boolean): Promise<readonly string[]> =>
      auths(await loggedIn(context, { mechanisms: mechanisms ?? [], greeting }, PASSWORD, tls));
    assert.deepEqual(await take(everything, true), ["AUTH SCRAM-SHA-256-PLUS"]);
    assert.deepEqual(await take(everything, false), ["AUTH SCRAM-SHA-256"]);
    assert.deepEqual(await take(["PLAIN", "LOGIN", "CRAM-MD5"], true), ["AUTH PLAIN"]);
    assert.deepEqual(await take(["LOGIN", "CRAM-MD5"], true), ["AUTH LOGIN"]);
    assert.deepEqual(await take(["CRAM-MD5"], true), ["USER", "PASS"]);
    assert.deepEqual(await take([], false), ["USER", "PASS"]);
  },
);

test("after a refusal without a code the next way is tried, and the first refusal is told in the end", async (context) => {
  const mechanisms = ["SCRAM-SHA-256", "PLAIN"] as const;
  const tried = await settingFor(context, {
    mechanisms,
    capabilities: ["SASL SCRAM-SHA-256 PLAIN", "USER"],
    faults: [{ on: "AUTH SCRAM-SHA-256", answer: "-ERR no keys for you" }],
  });
  await tried.session({ auth: PASSWORD });
  assert.deepEqual(auths(tried), ["AUTH SCRAM-SHA-256", "AUTH PLAIN"]);
  const refused = await settingFor(context, {
    mechanisms,
    capabilities: ["SASL SCRAM-SHA-256 PLAIN", "USER"],
    faults: [
      { on: "AUTH SCRAM-SHA-256", answer: "-ERR first" },
      { on: "AUTH PLAIN", answer: "-ERR second" },
      { on: "USER", answer: "-ERR third", drop: 12 },
    ],
  });
  const error = await errorOf(connect(refused.options({ auth: PASSWORD })));
  assert.deepEqual([error.code, error.serverText, error.phase], ["AUTH_REJECTED", "first", "auth"]);
});

test("a password is shown in one way that carries it: a second try is for servers that cannot do the first", async (context) => {
  const mechanisms = ["SCRAM-SHA-256", "PLAIN", "LOGIN"] as const;
  const capabilities = ["SASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN", "USER"];
  const take = async (faults: readonly PeerFault[]): Promise<readonly string[]> => {
    const setting = await settingFor(context, { mechanisms, capabilities, faults });
    assert.equal((await errorOf(connect(setting.options({ auth: PASSWORD })))).code, "AUTH_REJECTED");
    return auths(setting);
  };
  for (const refusal of ["wrong password", "login incorrect, contact support", "no"])
    assert.deepEqual(await take([{ on: "login", answer: `-ERR ${refusal}` }]), ["AUTH SCRAM-SHA-256", "AUTH PLAIN"]);
  const lacksPlain = await take([
    { on: "AUTH PLAIN", answer: "-ERR Unrecognized authentication type" },
    { on: /^AUTH (?:SCRAM|LOGIN)/, answer: "-ERR wrong password" },
  ]);
  assert.deepEqual(lacksPlain, ["AUTH SCRAM-SHA-256", "AUTH PLAIN", "AUTH LOGIN"]);
});

requirement(
  ["P3-C-068", "P3-C-114"],
  "a code says what is wrong: the password, the moment or the server",
  async (context) => {
    for (const [answer, code, retry, count] of [
      ["-ERR [AUTH] wrong", "AUTH_REJECTED", "after-user-action", 1],
      ["-ERR [SYS/TEMP] down", "SERVER_TEMPORARY", "later", 1],
      ["-ERR [SYS/PERM] gone", "SERVER_PERMANENT", "after-user-action", 1],
      ["-ERR [IN-USE] other session", "MAILBOX_BUSY", "later", 1],
      ["-ERR [LOGIN-DELAY] slowly", "LOGIN_DELAY", "later", 1],
      ["-ERR [UTF8] say UTF8 first", "NEEDS_UTF8", "never", 1],
      ["-ERR wrong password", "AUTH_REJECTED", "after-user-action", 2],
    ] as const) {
      const setting = await settingFor(context, {
        mechanisms: ["SCRAM-SHA-256", "PLAIN"],
        capabilities: ["SASL SCRAM-SHA-256 PLAIN", "LOGIN-DELAY 120", "USER"],
        faults: [
          { on: "AUTH", answer },
          { on: "USER", answer },
        ],
      });
      const error = await errorOf(
        connect(setting.options({ auth: { ...PASSWORD, mechanisms: ["SCRAM-SHA-256", "PLAIN"] } })),
      );
      assert.deepEqual([error.code, error.retry], [code, retry], answer);
      assert.equal(error.retryAfterMs, code === "LOGIN_DELAY" ? 120_000 : undefined);
      assert.equal(auths(setting).length, count, answer);
    }
  },
);

requirement("P3-C-069", "codes count in any case, and deeper levels that nobody knows do not", async (context) => {
  for (const [answer, code, responseCode] of [
    ["-ERR [sys/temp/db] x", "SERVER_TEMPORARY", "SYS/TEMP"],
    ["-ERR [in-use] x", "MAILBOX_BUSY", "IN-USE"],
    ["-ERR [X-NEW/thing] x", "AUTH_REJECTED", "X-NEW/THING"],
  ] as const) {
    const capabilities = ["SASL PLAIN", "RESP-CODES"];
    const setting = await settingFor(context, { capabilities, faults: [{ on: "login", answer }] });
    const error = await errorOf(connect(setting.options()));
    assert.deepEqual([error.code, error.responseCode, error.serverText], [code, responseCode, "x"]);
  }
});

requirement("P3-C-070", "where [AUTH] marks every wrong password, a refusal without it is none", async (context) => {
  const faults: PeerFault[] = [{ on: "login", answer: "-ERR something" }];
  const marks = await settingFor(context, { capabilities: ["SASL PLAIN", "AUTH-RESP-CODE", "RESP-CODES"], faults });
  assert.equal((await errorOf(connect(marks.options()))).code, "SERVER_TEMPORARY");
  const plain = await settingFor(context, { capabilities: ["SASL PLAIN", "RESP-CODES"], faults });
  assert.equal((await errorOf(connect(plain.options()))).code, "AUTH_REJECTED");
});

requirement("P3-C-071", "the code is told apart from the text", async (context) => {
  const setting = await settingFor(context, {
    faults: [{ on: "login", answer: "-ERR [IN-USE] mail is\x1b[31m locked" }],
  });
  const error = await errorOf(connect(setting.options()));
  assert.equal(error.serverText, "mail is\\x1b[31m locked");
  assert.equal(error.message, "another session has the maildrop: mail is\\x1b[31m locked");
});

requirement("P3-C-072", "where there are no codes the words say to try later", async (context) => {
  for (const [text, code] of [
    ["mailbox locked", "MAILBOX_BUSY"],
    ["maildrop already in use", "MAILBOX_BUSY"],
    ["busy", "MAILBOX_BUSY"],
    ["wait a minute", "MAILBOX_BUSY"],
    ["service unavailable", "SERVER_TEMPORARY"],
    ["try again", "SERVER_TEMPORARY"],
    ["too many logins", "AUTH_THROTTLED"],
    ["too many bad passwords, try again later", "AUTH_THROTTLED"],
    ["temporary authentication failure", "SERVER_TEMPORARY"],
    ["login failed: mailbox is locked by another session", "MAILBOX_BUSY"],
    ["account is locked by another session", "MAILBOX_BUSY"],
    ["Login failed: server busy", "SERVER_TEMPORARY"],
    ["Authentication failed, maildrop is being used", "MAILBOX_BUSY"],
    ["wrong password", "AUTH_REJECTED"],
    ["Authentication failed. Please try again", "AUTH_REJECTED"],
    ["Invalid password, try again later", "AUTH_REJECTED"],
    ["Username or password incorrect; wait before you retry", "AUTH_REJECTED"],
    ["Account blocked", "AUTH_REJECTED"],
    ["your account has been locked", "AUTH_REJECTED"],
  ] as const) {
    const faults = [{ on: "login", answer: `-ERR ${text}` }];
    const setting = await settingFor(context, { capabilities: ["SASL PLAIN", "USER"], faults });
    assert.equal((await errorOf(connect(setting.options()))).code, code, text);
    const coded = await settingFor(context, { capabilities: ["SASL PLAIN", "RESP-CODES"], faults });
    assert.equal((await errorOf(connect(coded.options()))).code, "AUTH_REJECTED", text);
  }
});

requirement("P3-C-060", "no mechanism is used that was not announced", async (context) => {
  const setting = await settingFor(context, { without: ["CAPA"], mechanisms: ["PLAIN", "SCRAM-SHA-256"] });
  await setting.session({ auth: PASSWORD });
  assert.deepEqual(auths(setting), ["USER", "PASS"]);
  const error = await errorOf(connect(setting.options({ auth: { ...PASSWORD, mechanisms: ["PLAIN"] } })));
  assert.equal(error.code, "AUTH_NO_MECHANISM");
  assert.match(error.message, /offers no SASL mechanism/);
});

requirement("P3-C-061", "an initial response that does not fit follows an empty challenge", async (context) => {
  const password = "p".repeat(200);
  const setting = await settingFor(context, { password, mechanisms: ["PLAIN"] });
  await setting.session({ auth: { user: "anna", password } });
  assert.ok(setting.peer.commands.includes("AUTH PLAIN"));
  const short = await settingFor(context, { mechanisms: ["PLAIN"] });
  await short.session({ auth: PASSWORD });
  assert.ok(short.peer.commands.includes("AUTH PLAIN AGFubmEAc2VjcmV0"));
});

requirement("P3-C-062", "an empty initial response is written =", async (context) => {
  const setting = await settingFor(context, {
    tls: { ...TLS, requestCert: true, rejectUnauthorized: false },
    mechanisms: ["EXTERNAL"],
  });
  const { cert, key } = TEST_CERTIFICATE;
  await setting.session({ tls: "implicit", tlsOptions: { ca: cert, cert, key }, auth: { external: true } });
  assert.ok(setting.peer.commands.includes("AUTH EXTERNAL ="));
});

requirement(
  ["P3-C-063", "P3-C-064"],
  "the first prompt of PLAIN and LOGIN may be anything that means go on",
  async (context) => {
    for (const mechanism of ["PLAIN", "LOGIN"] as const) {
      for (const continuation of ["+ go ahead", "+", "+OK", "+ ", "+OK go on"]) {
        const setting = await settingFor(context, {
          mechanisms: [mechanism],
          faults: [{ on: `AUTH ${mechanism}`, continuation }],
        });
        const auth = { ...PASSWORD, mechanisms: [mechanism], initialResponse: "never" } as const;
        assert.equal((await setting.session({ auth })).state, "transaction", `${mechanism} ${continuation}`);
      }
    }
    const garbage = await settingFor(context, {
      mechanisms: ["SCRAM-SHA-256"],
      faults: [{ on: "AUTH", dialogue: ["+ !!!", "-ERR cancelled"] }],
    });
    const auth = { ...PASSWORD, mechanisms: ["SCRAM-SHA-256"] } as const;
    const error = await errorOf(connect(garbage.options({ auth })));
    assert.deepEqual([error.code, error.sessionUsable], ["AUTH_REJECTED", true]);
    assert.equal(garbage.peer.connections[0]?.lines.includes("*"), true);
  },
);

requirement("P3-C-075", "a server that cannot sign is not believed, even after +OK", async (context) => {
  const auth = { ...PASSWORD, mechanisms: ["SCRAM-SHA-256"] } as const;
  for (const dialogue of [
    ["+OK welcome"],
    ["+ cj1vdGhlcixzPWJtOXVZMlU9LGk9NDA5Ng==", "-ERR cancelled"],
    ["+ cj1vdGhlcixzPWJtOXVZMlU9LGk9NDA5Ng==", "+OK welcome"],
  ]) {
    const setting = await settingFor(context, { mechanisms: ["SCRAM-SHA-256"], faults: [{ on: "AUTH", dialogue }] });
    const error = await errorOf(connect(setting.options({ auth })));
    assert.ok(["AUTH_SERVER_SIGNATURE", "PROTOCOL"].includes(error.code), `${error.code} ${dialogue.join("|")}`);
    assert.equal(error.sessionUsable, false);
  }
});

requirement("P3-C-079", "a refused token is replaced once, and then the refusal is told", async (context) => {
  for (const mechanism of ["OAUTHBEARER", "XOAUTH2"] as const) {
    const asked: string[] = [];
    const oauth2 = ({ reason, user, host }: TokenRequest): Promise<{ token: string }> => {
      asked.push(`${reason} ${user} ${host}`);
      return Promise.resolve({ token: reason === "initial" ? "old" : "token" });
    };
    const renewed = await settingFor(context, { mechanisms: [mechanism] });
    await renewed.session({ auth: { user: "anna", oauth2 } });
    assert.equal(asked.length, 2, mechanism);
    assert.match(asked[1] ?? "", /^(?:rejected|expired) anna 127\.0\.0\.1$/);
    const never = await settingFor(context, { mechanisms: [mechanism] });
    const auth = { user: "anna", oauth2: () => Promise.resolve({ token: "never" }) };
    const error = await errorOf(connect(never.options({ auth })));
    assert.ok(["AUTH_TOKEN", "AUTH_EXPIRED_TOKEN"].includes(error.code), error.code);
    assert.equal(auths(never).length, 2);
  }
});

test("XOAUTH2 takes two lines, and a token of six thousand characters", async (context) => {
  const token = "t".repeat(6_000);
  const setting = await settingFor(context, { mechanisms: ["XOAUTH2"], token });
  await setting.session({ auth: { user: "anna", oauth2: () => Promise.resolve({ token }) } });
  assert.ok(setting.peer.commands.includes("AUTH XOAUTH2"));
  const short = await settingFor(context, { mechanisms: ["XOAUTH2"] });
  const auth = { user: "anna", oauth2: () => Promise.resolve({ token: "token" }) };
  await short.session({ auth });
  assert.ok(short.peer.commands.includes("AUTH XOAUTH2"));
  await short.session({ auth: { ...auth, initialResponse: "always" } });
  assert.match(short.peer.commands.findLast((command) => command.startsWith("AUTH")) ?? "", /^AUTH XOAUTH2 [\w=]+$/);
});

test("a secret that cannot be had is told with its cause, and nothing was said", async (context) => {
  const setting = await settingFor(context);
  const cause = new Error("the keyring is locked");
  const password = await errorOf(
    connect(setting.options({ auth: { user: "anna", password: () => Promise.reject(cause), mechanisms: ["PLAIN"] } })),
  );
  assert.deepEqual([password.code, password.cause], ["CONFIG", cause]);
  const bearer = await settingFor(context, { mechanisms: ["XOAUTH2"] });
  const auth = { user: "anna", oauth2: () => Promise.reject(cause) };
  const token = await errorOf(connect(bearer.options({ auth })));
  assert.deepEqual([token.code, token.cause], ["AUTH_TOKEN", cause]);
  assert.deepEqual([...auths(setting), ...auths(bearer)], []);
});

test("a caller's own function or mechanism that gives nothing ends the login with an error, and nothing else", async (context) => {
  const nothing = (): never => undefined as never;
  const setting = await settingFor(context, { mechanisms: ["PLAIN"], faults: [{ on: "AUTH X-OWN", answer: "+ " }] });
  const own = {
    name: "X-OWN",
    needs: "nothing",
    plaintext: false,
    onRequestOnly: false,
    prefersTwoSteps: false,
    serverFirst: true,
    ignoresFirstChallenge: false,
    channelBinding: false,
    start: () => ({ isVerified: true, failure: undefined, next: () => Promise.resolve(nothing()) }),
  } as const;
  for (const auth of [
    { sasl: own, user: "anna", password: "secret" },
    { user: "anna", password: nothing },
  ] as const)
    assert.equal((await errorOf(connect(setting.options({ auth })))).code, "CONFIG");
  const cause = new TypeError("no way");
  const transport = {
    connect(): never {
      throw cause;
    },
  };
  const error = await errorOf(connect(setting.options({ transport })));
  assert.equal(error.cause, cause);
});

requirement(
  ["P3-C-011", "P3-C-013"],
  "a name or password that no command can carry is refused unsaid",
  async (context) => {
    for (const [auth, says] of [
      [{ user: "a\r\nDELE 1", password: "secret" }, /no command can carry/],
      [{ user: "anna", password: "x\0y" }, /no command can carry/],
      [{ user: "anna", password: "" }, /no command can carry/],
      [{ user: "anna", password: "p".repeat(300) }, /too long/],
    ] as const) {
      const setting = await settingFor(context);
      const error = await errorOf(connect(setting.options({ auth: { ...auth, mechanisms: ["USER"] } })));
      assert.equal(error.code, "CONFIG");
      assert.match(error.message, says);
      assert.equal(
        setting.peer.commands.some((command) => /^(?:PASS|DELE)/.test(command)),
        false,
      );
    }
  },
);

requirement("P3-C-080", "PLAIN carries UTF-8 and refuses NUL", async (context) => {
  const password = "pässwörd €";
  const setting = await settingFor(context, {
    password: Buffer.from(password).toString("latin1"),
    mechanisms: ["PLAIN"],
  });
  const wide = await settingFor(context, { password, mechanisms: ["PLAIN"] });
  const sessions = await Promise.allSettled(
    [setting, wide].map((one) => one.session({ auth: { user: "anna", password } })),
  );
  assert.deepEqual(
    sessions.map(({ status }) => status),
    ["rejected", "fulfilled"],
  );
  const nul = await errorOf(
    connect(setting.options({ auth: { user: "anna", password: "a\0b", mechanisms: ["PLAIN"] } })),
  );
  assert.equal(nul.code, "CONFIG");
});

requirement(
  "P3-C-081",
  "letters beyond ASCII go by USER and PASS only where the server says it can",
  async (context) => {
    const setting = await settingFor(context, { without: ["CAPA"] });
    const auth = { user: "anna", password: "pässwörd" };
    assert.equal((await errorOf(connect(setting.options({ auth })))).code, "CONFIG");
    const name = await errorOf(connect(setting.options({ auth: { user: "ännä", password: "secret" } })));
    assert.equal(name.code, "AUTH_NO_MECHANISM");
    assert.deepEqual(auths(setting), []);
    const able = await settingFor(context, { capabilities: ["UTF8 USER", "UIDL"], password: auth.password });
    const pop = await able.session({ auth: { ...auth, user: "ännä" } });
    assert.equal(pop.state, "transaction");
  },
);

requirement("P3-C-073", "APOP is used with a timestamp that is one, and its digest is right", async (context) => {
  const auth = { user: "mrose", password: "tanstaaf", mechanisms: ["APOP"] } as const;
  const setting = await settingFor(context, {
    greeting: "POP3 server ready <1896.697170952@dbc.mtview.ca.us>",
    password: "tanstaaf",
  });
  await setting.session({ auth });
  assert.ok(setting.peer.commands.includes("APOP mrose c4c9334bac560ecc979e58001b3e22fb"));
  for (const greeting of ["ready", "ready <no at sign>", "ready <a\xff@b>"]) {
    const other = await settingFor(context, { greeting });
    assert.equal((await errorOf(connect(other.options({ auth })))).code, "AUTH_NO_MECHANISM");
  }
});

requirement(
  ["P3-C-082", "P3-C-100"],
  "PASS waits for the answer to USER, and nothing follows a login before its answer",
  async (context) => {
    const setting = await settingFor(context, { without: ["CAPA"] });
    const pop = await setting.session({ auth: PASSWORD, pipelining: "always" });
    await Promise.all([pop.noop(), pop.noop(), pop.noop()]);
    await pop.commit();
    const packets = setting.peer.connections[0]?.packets ?? [];
    assert.deepEqual(packets.slice(0, 4), ["CAPA\r\n", "USER anna\r\n", "PASS secret\r\n", "CAPA\r\n"]);
    assert.equal(packets.at(-1), "QUIT\r\n");
  },
);

test("a session without auth can log in later, and twice only if the first was refused", async (context) => {
  const { options } = await settingFor(context);
  const { auth, ...open } = options();
  assert.notEqual(auth, undefined);
  const pop = await connect(open);
  assert.equal(pop.state, "authorization");
  assert.equal((await errorOf(pop.stat())).code, "STATE");
  const wrong = { user: "anna", password: "wrong", mechanisms: ["PLAIN"] } as const;
  assert.equal((await errorOf(pop.login(wrong))).code, "AUTH_REJECTED");
  await pop.login({ ...wrong, password: "secret" });
  assert.equal(pop.state, "transaction");
  assert.equal((await errorOf(pop.login(wrong))).code, "STATE");
  await pop.rollback();
});

requirement("P3-C-018", "no secret is in what a trace sees, and no control octet", async (context) => {
  const lines: string[] = [];
  const trace = ({ line }: { readonly line?: string }): void => void (line !== undefined && lines.push(line));
  const greeting = "ready\x07 <1@example.org>";
  for (const mechanism of ["PLAIN", "LOGIN", "SCRAM-SHA-256", "USER", "APOP"] as const) {
    for (const initialResponse of ["auto", "never"] as const) {
      const setting = await settingFor(context, { mechanisms: ["PLAIN", "LOGIN", "SCRAM-SHA-256"], greeting });
      await setting.session({ auth: { ...PASSWORD, mechanisms: [mechanism], initialResponse }, trace });
    }
  }
  const all = lines.join("\n");
  for (const secret of ["secret", "c2VjcmV0", "AGFubmEAc2VjcmV0"]) assert.equal(all.includes(secret), false, secret);
  assert.equal(/[^\x20-\x7e\n]/.test(all), false);
  assert.ok(lines.includes("+OK ready\\x07 <1@example.org>"));
  assert.ok(lines.includes("PASS ****"));
  assert.ok(lines.includes("AUTH PLAIN ****"));
});
