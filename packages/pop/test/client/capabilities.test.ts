// What a server announces, in whatever way, and one that announces nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { settingFor, settingWith } from "./fixture.ts";
import { TLS, TRUST } from "./tls-fixture.ts";

requirement("P3-C-030", "a server without CAPA is used as it is, and one that hangs up on it too", async (context) => {
  const auth = { user: "anna", password: "secret" };
  const without = await settingFor(context, { without: ["CAPA"] });
  const pop = await without.session({ auth });
  assert.equal((await pop.list()).entries.length, 3);
  assert.equal(pop.capabilities.size, 0);
  const hangs = await settingWith(context, { on: "CAPA", drop: 0 });
  const alone = await hangs.session({ auth });
  assert.equal((await alone.list()).entries.length, 3);
  assert.deepEqual(
    hangs.peer.connections.map(({ commands }) => commands.slice(0, 2)),
    [["CAPA"], ["USER anna", "PASS secret"]],
  );
});

test("a server that hangs up on CAPA is not asked again, nor inside TLS, nor after the login", async (context) => {
  const auth = { user: "anna", password: "secret" };
  const always = { on: "CAPA", drop: 0 } as const;
  const stls = { tls: "stls-required", tlsOptions: TRUST, auth } as const;
  const hangs = await settingFor(context, { tls: TLS, faults: [always] });
  const pop = await hangs.session(stls);
  assert.notEqual(pop.tls, undefined);
  assert.deepEqual(hangs.peer.commands.slice(0, 6), ["CAPA", "STLS", "CAPA", "STLS", "USER anna", "PASS secret"]);

  // One that answers in the clear and hangs up inside TLS is no reason to go on without TLS.
  const inside = await settingFor(context, { tls: TLS, faults: [{ ...always, skip: 1, times: 1 }] });
  const secured = await inside.session({ ...stls, tls: "stls-if-offered" });
  assert.notEqual(secured.tls, undefined);
  assert.deepEqual(inside.peer.connections[1]?.commands.slice(0, 3), ["CAPA", "STLS", "USER anna"]);
});

requirement(
  ["P3-C-031", "P3-C-034"],
  "capabilities count in any case, and those after the login count",
  async (context) => {
    const { session } = await settingFor(context, {
      capabilities: {
        start: ["sasl plain", "FOO bar", "x-baz"],
        login: [
          "uidl",
          "Top",
          "expire 30 USER",
          "login-delay 60",
          "FOO",
          "implementation Any Thing 1.0",
          "resp-codes",
          "utf8 user",
        ],
      },
    });
    const { capabilities } = await session();
    assert.equal(capabilities.uidl, true);
    assert.equal(capabilities.top, true);
    assert.equal(capabilities.respCodes, true);
    assert.equal(capabilities.utf8User, true);
    assert.equal(capabilities.pipelining, false);
    assert.deepEqual(capabilities.expire, { days: 30, perUser: true });
    assert.deepEqual(capabilities.loginDelay, { seconds: 60, perUser: false });
    assert.equal(capabilities.implementation, "Any Thing 1.0");
    assert.equal(capabilities.has("FOO"), true);
  },
);

test("capabilities that are no numbers are none", async (context) => {
  const { session } = await settingFor(context, {
    capabilities: { login: ["EXPIRE NEVER", "LOGIN-DELAY soon", "SASL PLAIN"] },
  });
  const { capabilities } = await session();
  assert.deepEqual(capabilities.expire, { days: "never", perUser: false });
  assert.equal(capabilities.loginDelay, undefined);
});

requirement("P3-C-033", "what the server calls itself changes nothing", async (context) => {
  const said: (readonly string[])[] = [];
  for (const name of ["Dovecot", "Microsoft Exchange", "Gpop ready", "Maillennium"]) {
    const { peer, session } = await settingFor(context, {
      capabilities: ["SASL PLAIN", "UIDL", "TOP", "PIPELINING", `IMPLEMENTATION ${name}`],
    });
    const pop = await session();
    for await (const message of pop.messages()) await message.retrieve().toBuffer();
    await pop.commit();
    said.push(peer.commands);
  }
  for (const commands of said) assert.deepEqual(commands, said[0]);
});

requirement("P3-C-032", "a server with nothing but the commands of RFC 1939 §5 and USER is enough", async (context) => {
  const { session } = await settingFor(context, { without: ["CAPA", "UIDL", "TOP", "AUTH"] });
  const pop = await session({ auth: { user: "anna", password: "secret" } });
  assert.deepEqual(await pop.stat(), { count: 3, octets: 26 });
  const listing = await pop.list();
  assert.equal(listing.hasUniqueIds, false);
  assert.deepEqual(
    listing.entries.map(({ n, uniqueId }) => [n, uniqueId]),
    [
      [1, null],
      [2, null],
      [3, null],
    ],
  );
  for await (const message of pop.messages()) {
    await message.retrieve().toBuffer();
    await message.delete();
  }
  assert.equal((await pop.commit()).status, "committed");
});
