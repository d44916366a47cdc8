// Our client collects from the distribution's Dovecot and from the product: octet for octet, and what goes is gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, probe, type PasswordMechanism, type Pop3Options } from "@restante/pop/client";
import { differing, everyShape, letters, manyLetters } from "./letters.ts";
import { needs, TRANSPORTS, type Transport } from "./peers.ts";
import { letterCount, sourceServers } from "./source-servers.ts";

const userOf = (transport: Transport): string => `client-${transport.toLowerCase()}`;
const [dovecot, product] = sourceServers([...TRANSPORTS.map(userOf), "mechanisms"]);

/** Every message, in order. */
async function everything(options: Pop3Options): Promise<readonly string[]> {
  await using pop = await connect(options);
  assert.equal((await pop.stat()).count, (await pop.list()).entries.length);
  const texts: string[] = [];
  for await (const message of pop.messages()) {
    const stream = message.retrieve();
    texts.push((await stream.toBuffer()).toString("latin1"));
    assert.equal((await stream.done).sizeMatches, true);
  }
  return texts;
}

/** Marks those whose number is so, and commits unless it is told to leave. */
async function remove(
  options: Pop3Options,
  isWanted: (n: number) => boolean,
  ending: "commit" | "leave",
): Promise<void> {
  await using pop = await connect(options);
  const { entries, isComplete } = await pop.list();
  assert.equal(isComplete, true);
  await pop.delete(entries.map(({ n }) => n).filter(isWanted));
  if (ending === "commit") assert.equal((await pop.commit()).status, "committed");
}

for (const server of [dovecot, product])
  for (const transport of TRANSPORTS) {
    void test(
      `from ${server?.name} over ${transport} letters come octet for octet, twice, and what is removed is gone`,
      server?.needs ?? {},
      async (context) => {
        assert.ok(server !== undefined);
        const maildrop = await server.maildrop(userOf(transport));
        const { user, password } = maildrop;
        const options = { ...(await server.way(transport)), auth: { user, password }, utf8: true };
        const sent = await maildrop.add(manyLetters(letterCount(transport, context), everyShape()));
        const came = await everything(options);
        assert.deepEqual(differing(came, sent), []);
        await remove(options, () => true, "leave");
        assert.deepEqual(await everything(options), came);
        await remove(options, (n) => n % 2 === 0, "commit");
        const odd = came.filter((_, place) => place % 2 === 0);
        assert.deepEqual(differing(await maildrop.left(), odd), []);
        await remove(options, () => true, "commit");
        assert.deepEqual(await maildrop.left(), []);
      },
    );
  }

async function wayToDovecot(transport: Transport): Promise<Pop3Options> {
  if (dovecot === undefined) throw new Error("Dovecot is the first of the servers");
  return dovecot.way(transport);
}

void test("Dovecot lets the client in by every mechanism both have", needs("dovecot"), async () => {
  const maildrop = await dovecot?.maildrop("mechanisms");
  await maildrop?.add(letters().slice(0, 1));
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
      ...(await wayToDovecot("TLS")),
      auth: { user: "mechanisms", password: "secret", mechanisms: [mechanism] },
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
  const info = await probe(await wayToDovecot("STLS"));
  assert.equal(info.beforeTls?.stls, true);
  assert.equal(info.capabilities.pipelining, true);
  assert.equal(info.tls?.trustedBy, "issuer");
  const wrong = connect({ ...(await wayToDovecot("TLS")), auth: { user: "mechanisms", password: "wrong" } });
  await assert.rejects(wrong, { name: "Pop3Error", code: "AUTH_REJECTED" });
});
