// Our client collects from the distribution's Dovecot and from the product: octet for octet, and what goes is gone.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { connect, probe, type Pop3Options, type PasswordMechanism } from "@restante/pop/client";
import { TEST_CERTIFICATE } from "../packages/pop/test/support/certificate.ts";
import { startDovecot, type Dovecot } from "./dovecot.ts";
import { differing, letters, manyLetters } from "./letters.ts";
import { needs, TRANSPORTS, type Transport } from "./peers.ts";

const COUNT = 300;
const PASSWORD = "secret";
const users = TRANSPORTS.map((transport) => `user-${transport.toLowerCase()}`);
const MODES = { cleartext: "none", STLS: "stls-required", TLS: "implicit" } as const;

let running: Promise<Dovecot> | undefined;
after(async () => {
  const dovecot = await running;
  await dovecot?.stop();
});

function dovecot(): Promise<Dovecot> {
  running ??= startDovecot([...users, "mechanisms"]);
  return running;
}

async function options(transport: Transport, user: string): Promise<Pop3Options> {
  const { port, tlsPort } = await dovecot();
  return {
    host: "127.0.0.1",
    port: transport === "TLS" ? tlsPort : port,
    tls: MODES[transport],
    tlsOptions: { ca: TEST_CERTIFICATE.cert },
    auth: { user, password: PASSWORD },
  };
}

for (const [at, transport] of TRANSPORTS.entries()) {
  void test(
    `from Dovecot over ${transport} every letter comes octet for octet, and what is removed is gone`,
    needs("dovecot"),
    async () => {
      const user = users[at] ?? "";
      const server = await dovecot();
      const sent = manyLetters(COUNT);
      await server.fill(user, sent);
      {
        await using pop = await connect(await options(transport, user));
        assert.equal((await pop.stat()).count, COUNT);
        const listing = await pop.list();
        assert.equal(listing.isComplete, true);
        const got: string[] = [];
        for await (const message of pop.messages()) {
          const stream = message.retrieve();
          got.push((await stream.toBuffer()).toString("latin1"));
          assert.equal((await stream.done).sizeMatches, true);
        }
        assert.deepEqual(
          differing(
            got,
            sent.map((letter) => letter.toString("latin1")),
          ),
          [],
        );
        await pop.delete(listing.entries.map(({ n }) => n));
      }
      assert.equal((await server.left(user)).length, COUNT, "left without commit");
      await using pop = await connect(await options(transport, user));
      const { entries } = await pop.list();
      await pop.delete(entries.filter(({ n }) => n % 2 === 0).map(({ n }) => n));
      assert.equal((await pop.commit()).status, "committed");
      const kept = sent
        .filter((_, place) => place % 2 === 0)
        .map((letter) => letter.toString("latin1").replaceAll("\r\n", "\n"));
      assert.deepEqual(differing(await server.left(user), kept), []);
    },
  );
}

void test("Dovecot lets the client in by every mechanism both have", needs("dovecot"), async () => {
  const server = await dovecot();
  await server.fill("mechanisms", letters().slice(0, 1));
  const mechanisms: readonly PasswordMechanism[] = [
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "USER",
  ];
  for (const mechanism of mechanisms) {
    const lines: string[] = [];
    await using pop = await connect({
      ...(await options("TLS", "mechanisms")),
      auth: { user: "mechanisms", password: PASSWORD, mechanisms: [mechanism] },
      trace: ({ line }) => void (line !== undefined && lines.push(line)),
    });
    assert.equal((await pop.stat()).count, 1, mechanism);
    assert.ok(
      lines.some((line) => line.startsWith(mechanism === "USER" ? "PASS" : `AUTH ${mechanism}`)),
      mechanism,
    );
  }
});

void test("Dovecot tells a look what it is, and refuses who does not know", needs("dovecot"), async () => {
  const { auth, ...look } = await options("STLS", "mechanisms");
  assert.notEqual(auth, undefined);
  const info = await probe(look);
  assert.equal(info.beforeTls?.stls, true);
  assert.equal(info.capabilities.pipelining, true);
  assert.equal(info.tls?.trustedBy, "issuer");
  const wrong = connect({ ...(await options("TLS", "mechanisms")), auth: { user: "mechanisms", password: "wrong" } });
  await assert.rejects(wrong, { name: "Pop3Error", code: "AUTH_REJECTED" });
});
