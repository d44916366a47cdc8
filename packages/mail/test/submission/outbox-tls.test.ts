// Encrypted submission to a server whose certificate a house's own authority vouches for.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SMTPServerOptions } from "smtp-server";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../../pop/test/support/certificate.ts";
import { testServer } from "../../src/submission/submit.ts";
import { desk, serverAt, toServer } from "./outbox-desk.ts";
import { smtpPeer, type SmtpPeer } from "./smtp-peer.ts";

const { key, cert } = TEST_CERTIFICATE;
const AUTH = { kind: "plain", user: "anna", password: "secret" } as const;
const SERVERS: Readonly<Record<"implicit" | "starttls", SMTPServerOptions>> = {
  implicit: { secure: true, key, cert },
  starttls: { disabledCommands: [], allowInsecureAuth: false, key, cert },
};

for (const tls of ["implicit", "starttls"] as const) {
  test(`over ${tls} the password and the message go encrypted`, async (context) => {
    let wasSecure: boolean | undefined;
    const peer = await smtpPeer(context, {
      password: AUTH.password,
      smtp: {
        ...SERVERS[tls],
        onMailFrom: (_address, { secure }, done) => {
          wasSecure = secure;
          done();
        },
      },
    });
    const server = serverAt(peer, { host: "localhost", tls, auth: AUTH });
    const at = await desk(context, toServer(server), { ca: cert });
    const settled = at.reached("sent", "failed");
    await at.write();
    const { state, trouble } = await settled;
    assert.deepEqual([state, trouble, wasSecure], ["sent", undefined, true]);
    assert.equal(peer.taken[0]?.user, "anna");
  });

  test(`over ${tls} a certificate for another name, or of nobody known, is refused before the password`, async (context) => {
    const ours = await smtpPeer(context, { password: AUTH.password, smtp: SERVERS[tls] });
    const { key: otherKey, cert: otherCert } = OTHER_CERTIFICATE;
    const other = await smtpPeer(context, {
      password: AUTH.password,
      smtp: { ...SERVERS[tls], key: otherKey, cert: otherCert },
    });
    const { signal } = new AbortController();
    const trouble = async (peer: SmtpPeer, ca?: string) => {
      const server = serverAt(peer, { host: "localhost", tls, auth: AUTH });
      return (await testServer({ server, name: "post.example", signal, ...(ca === undefined ? {} : { ca }) }))?.code;
    };
    assert.equal(await trouble(ours, cert), undefined);
    assert.equal(await trouble(ours), "tls", "nobody vouches for it");
    assert.equal(await trouble(other, otherCert), "tls", "it is for other.example");
  });
}
