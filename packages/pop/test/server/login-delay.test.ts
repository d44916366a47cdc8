// LOGIN-DELAY (RFC 2449 §6.5) and APOP on real sockets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { APOP, type Authenticator } from "@restante/pop/sasl";
import { createPop3Server } from "@restante/pop/server";
import { MemoryStore } from "@restante/pop/maildrop";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { EVERYBODY, testServer } from "../support/test-server.ts";

const TERMS = { expireDays: undefined, loginDelaySeconds: 60 };

const DELAYED: Authenticator = {
  ...EVERYBODY,
  // oxlint-disable-next-line typescript/require-await -- part of the contract
  async checkPassword(login, password) {
    return password === "secret" ? { kind: "accepted", account: login, login, terms: TERMS } : { kind: "refused" };
  },
  sharedSecret: (login) =>
    login === "down"
      ? Promise.reject(new Error("the accounts are away"))
      : Promise.resolve({
          secret: "tanstaaf",
          owner: login === "nobody" ? undefined : { account: login, login, terms: TERMS },
        }),
};

requirement(
  ["P3-S-057", "P3-S-058", "P3-S-059", "P3-S-060"],
  "a login within the delay is refused [LOGIN-DELAY] behind the right password, and a failed login starts no delay",
  async (context) => {
    let now = 1_000;
    const clock = { now: () => now };
    const server = await testServer(context, { authenticator: DELAYED, maildrops: { mrose: [] }, clock });
    const attempt = async (password: string): Promise<string> => {
      const client = await server.connect();
      await client.line();
      assert.match(await client.command("USER mrose"), /^\+OK /u);
      const answer = await client.command(`PASS ${password}`);
      await client.command("QUIT");
      return answer;
    };
    assert.match(await attempt("wrong"), /^-ERR \[AUTH\] /u);
    assert.match(await attempt("secret"), /^\+OK /u);
    now += 59_000;
    assert.match(await attempt("wrong"), /^-ERR \[AUTH\] /u);
    assert.match(await attempt("secret"), /^-ERR \[LOGIN-DELAY\] /u);
    now += 1_001;
    assert.match(await attempt("secret"), /^\+OK /u);
  },
);

requirement(
  ["P3-S-041", "P3-S-058"],
  "APOP opens by its digest alone, and is delayed like any login",
  async (context) => {
    const server = await testServer(context, {
      authenticator: DELAYED,
      maildrops: { mrose: [], anna: [] },
      apop: true,
    });
    const attempt = async (login: string, secret: string): Promise<string> => {
      const client = await server.connect();
      const timestamp = APOP.timestampOf(await client.line()) ?? "";
      const answer = await client.command(`APOP ${login} ${APOP.digest(timestamp, secret)}`);
      if (answer.startsWith("-ERR")) assert.match(await client.command("STAT"), /^-ERR not allowed/u);
      await client.command("QUIT");
      return answer;
    };
    assert.match(await attempt("mrose", "other"), /^-ERR \[AUTH\] /u);
    assert.match(await attempt("nobody", "tanstaaf"), /^-ERR \[AUTH\] /u);
    assert.match(await attempt("m\xff", "tanstaaf"), /^-ERR \[AUTH\] /u);
    assert.match(await attempt("down", "tanstaaf"), /^-ERR \[SYS\/TEMP\] /u);
    assert.match(await attempt("mrose", "tanstaaf"), /^\+OK /u);
    assert.match(await attempt("mrose", "tanstaaf"), /^-ERR \[LOGIN-DELAY\] /u);
    assert.match(await attempt("anna", "tanstaaf"), /^\+OK /u);
  },
);

test("apop without readable secrets is refused when the server is made", () => {
  assert.throws(() => createPop3Server({ store: new MemoryStore(), authenticator: EVERYBODY, apop: true }), TypeError);
});
