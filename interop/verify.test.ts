// `restante pop verify` asked of our own server, which must pass every row, and of Debian's Dovecot, which shows that
// the rows can fail.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TEST_CERTIFICATE } from "../packages/pop/test/support/certificate.ts";
import { startDovecot } from "./dovecot.ts";
import { letters } from "./letters.ts";
import { testOffice, type TestOffice } from "./office.ts";
import { needs } from "./peers.ts";

const PROGRAM = fileURLToPath(new URL("../packages/mail/bin/restante.js", import.meta.url));
const office = testOffice();
/** The octet shapes first: verify looks at the first messages. */
const MAIL = letters().toReversed();

interface Checked {
  readonly ids: readonly string[];
  readonly level: string;
  readonly claim: string;
  readonly result: "pass" | "fail" | "not-applicable";
  readonly why?: string;
  readonly transcript: readonly string[];
}

interface Verified {
  readonly code: number;
  readonly checks: readonly Checked[];
  readonly output: string;
}

async function verify(url: string, o: { readonly password: string; readonly pin?: string }): Promise<Verified> {
  const child = spawn(
    process.execPath,
    [PROGRAM, "pop", "verify", url, "--json", ...(o.pin === undefined ? [] : ["--pin", o.pin])],
    { env: { ...process.env, RESTANTE_POP_PASSWORD: o.password }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const exited = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 255)));
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.equal(complaints, "");
  const { checks } = JSON.parse(output) as { readonly checks: readonly Checked[] };
  return { code: await exited, checks, output };
}

function fingerprint({ product }: TestOffice): string {
  return new X509Certificate(readFileSync(join(product.data, "tls", "certificate.pem"))).fingerprint256;
}

const failed = ({ checks }: Verified): readonly Checked[] => checks.filter(({ result }) => result === "fail");
const idsOf = (checks: readonly Checked[]): readonly string[] => checks.map(({ ids }) => ids.join(" "));

/** Of a maildrop with mail in it: rows about what our server does not announce, and about an empty one. */
const NEVER_ASKED = ["P3-S-074", "P3-S-039"];

for (const [transport, notAsked] of [
  ["cleartext", ["P3-S-177 P3-S-214", ...NEVER_ASKED, "P3-S-172", "P3-S-174", "P3-S-175"]],
  ["STLS", ["P3-S-177 P3-S-214", ...NEVER_ASKED]],
  ["TLS", ["P3-S-177 P3-S-214", ...NEVER_ASKED, "P3-S-174", "P3-S-175"]],
] as const) {
  void test(`our server passes every row over ${transport}`, async () => {
    const here = office();
    const who = await here.correspondent(`verify-${transport.toLowerCase()}`, MAIL);
    const pin = fingerprint(here);
    const [scheme, port] = transport === "TLS" ? ["pops", "pop3s"] : ["pop", "pop3"];
    const verified = await verify(`${scheme}://${who.login}@127.0.0.1:${here.product.port(port ?? "")}`, {
      password: who.password,
      ...(transport !== "cleartext" && { pin }),
    });
    assert.deepEqual(failed(verified), []);
    assert.equal(verified.code, 0);
    const left = idsOf(verified.checks.filter(({ result }) => result === "not-applicable"));
    assert.deepEqual(left.toSorted(), [...notAsked].sort());
    assert.ok(!verified.output.includes(who.password), "a transcript holds the password");
  });
}

void test("our server passes the rows an empty maildrop leaves", async () => {
  const here = office();
  const password = await here.product.account("verify-empty");
  const verified = await verify(`pop://verify-empty@127.0.0.1:${here.product.port("pop3")}`, { password });
  assert.deepEqual(failed(verified), []);
  assert.deepEqual(idsOf(verified.checks.filter(({ ids, result }) => ids.includes("P3-S-074") && result === "pass")), [
    "P3-S-074",
  ]);
});

/** Dovecot 2.3 as Debian configures it. */
const DOVECOT = [
  "P3-S-141: USER is not announced after it",
  "P3-S-161: CAPA is neither",
  "P3-S-011: USER was answered +OK",
  "P3-S-050 P3-S-051: it was answered +OK Logged in.",
  "P3-S-204 P3-S-142: SASL is not announced after it",
];

void test("Debian's Dovecot is verified, and loses no message by it", needs("dovecot"), async () => {
  const dovecot = await startDovecot(["anna"]);
  try {
    await dovecot.fill("anna", MAIL);
    const pin = new X509Certificate(TEST_CERTIFICATE.cert).fingerprint256;
    const verified = await verify(`pop://anna@127.0.0.1:${dovecot.port}`, { password: dovecot.password, pin });
    assert.deepEqual(
      failed(verified).map(({ ids, why }) => `${ids.join(" ")}: ${why}`),
      DOVECOT,
    );
    assert.equal(verified.code, 76);
    assert.equal((await dovecot.left("anna")).length, MAIL.length);
  } finally {
    await dovecot.stop();
  }
});
