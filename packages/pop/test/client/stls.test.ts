// TLS that is started on the way: what was said before it is forgotten, what comes too early ends it, and where it is
// missing no password leaves.
import assert from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { connect } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { errorOf, settingFor } from "./fixture.ts";
import { TLS, TRUST } from "./tls-fixture.ts";

requirement("P3-C-035", "what was announced before STLS is forgotten and asked anew", async (context) => {
  const { peer, session } = await settingFor(context, {
    tls: TLS,
    mechanisms: ["PLAIN", "SCRAM-SHA-256"],
    capabilities: { start: ["STLS", "SASL PLAIN", "USER"], tls: ["SASL SCRAM-SHA-256"], login: ["UIDL", "TOP"] },
  });
  const auth = { user: "anna", password: "secret" };
  const pop = await session({ tls: "stls-required", tlsOptions: TRUST, auth });
  assert.deepEqual(
    peer.commands.slice(0, 4),
    ["CAPA", "STLS", "CAPA", "AUTH SCRAM-SHA-256"].map((c, at) => (at === 3 ? peer.commands[3] : c)),
  );
  assert.match(peer.commands[3] ?? "", /^AUTH SCRAM-SHA-256 /);
  assert.equal(peer.commands[4], "CAPA");
  assert.deepEqual(pop.capabilities.sasl, []);
  assert.equal(pop.tls?.trustedBy, "issuer");
});

requirement(
  ["P3-C-037", "P3-C-042"],
  "TLS that is required and not there ends it before a credential was said",
  async (context) => {
    const stripped = await settingFor(context, { tls: TLS, capabilities: ["USER", "SASL PLAIN"] });
    const refused = await settingFor(context, { tls: TLS, faults: [{ on: "STLS", answer: "-ERR not today" }] });
    const absent = await settingFor(context, { without: ["CAPA", "STLS"] });
    for (const { peer, options } of [stripped, refused, absent]) {
      const error = await errorOf(connect(options({ tls: "stls-required", tlsOptions: TRUST })));
      assert.deepEqual([error.code, error.retry], ["TLS_UNAVAILABLE", "after-user-action"]);
      await peer.untilClosed(1);
      assert.deepEqual(
        peer.connections.flatMap(({ lines }) => lines).filter((line) => !/^(?:CAPA|STLS|QUIT)$/.test(line)),
        [],
      );
    }
  },
);

requirement("P3-C-036", "octets behind the reply to STLS are fatal", async (context) => {
  const { peer, options } = await settingFor(context, {
    tls: TLS,
    faults: [{ on: "STLS", behind: "+OK injected\r\n" }],
  });
  const error = await errorOf(connect(options({ tls: "stls-required", tlsOptions: TRUST })));
  assert.deepEqual([error.code, error.sessionUsable], ["TLS_INJECTION", false]);
  assert.deepEqual(peer.commands, ["CAPA", "STLS"]);
});

test("STLS if offered is used where it is, and where it is not the session is in cleartext", async (context) => {
  const offered = await settingFor(context, { tls: TLS });
  const pop = await offered.session({ tls: "stls-if-offered", tlsOptions: TRUST });
  assert.notEqual(pop.tls, undefined);
  const untrusted = await errorOf(connect(offered.options({ tls: "stls-if-offered" })));
  assert.equal(untrusted.code, "TLS_UNTRUSTED");
  for (const setting of [
    await settingFor(context),
    await settingFor(context, { tls: TLS, faults: [{ on: "STLS", answer: "-ERR no" }] }),
  ]) {
    const warnings: unknown[] = [];
    const log = { info: () => undefined, warn: (fields: object, message?: string) => warnings.push(message) };
    const clear = await setting.session({ tls: "stls-if-offered", tlsOptions: TRUST, log });
    assert.equal(clear.tls, undefined);
    assert.equal(warnings.length, 1);
  }
});

requirement(
  "P3-C-038",
  "a password goes out without TLS only to loopback, or when that is allowed",
  async (context) => {
    const greeting = "ready <1896.697170952@dbc.mtview.ca.us>";
    const mechanisms = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"] as const;
    const { peer, options, session } = await settingFor(context, { greeting, mechanisms });
    // A way of the caller's own is not known to end on this machine.
    const transport = {
      connect: () => Promise.resolve(connectTcp({ port: peer.port, host: peer.host })),
    };
    for (const mechanisms of [["PLAIN"], ["USER"], ["LOGIN"], ["APOP"], ["CRAM-MD5"]] as const) {
      const error = await errorOf(
        connect(options({ transport, auth: { user: "anna", password: "secret", mechanisms } })),
      );
      assert.ok(["AUTH_CLEARTEXT_REFUSED", "AUTH_NO_MECHANISM"].includes(error.code), error.code);
    }
    assert.equal(
      peer.connections.some(({ received }) => /APOP|AUTH|USER|PASS|secret/.test(received)),
      false,
    );
    const scram = await session({ transport, auth: { user: "anna", password: "secret" } });
    assert.equal(scram.state, "transaction");
    for (const name of ["PLAIN", "APOP", "CRAM-MD5"] as const) {
      const auth = { user: "anna", password: "secret", mechanisms: [name] };
      assert.equal((await session({ transport, auth, allowCleartextAuth: true })).state, "transaction", name);
    }
  },
);
