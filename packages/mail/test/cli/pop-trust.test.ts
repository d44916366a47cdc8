// Certificates nobody vouches for, and pins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { certificateDay } from "../../src/cli/commands/trust.ts";
import { makeCertificate, type MadeCertificate } from "./certificate.ts";
import { here } from "./command-line.ts";
import { MESSAGES, PASSWORD, url } from "./pop-peer.ts";

test("a day of a certificate that is none is said to be unknown", () => {
  assert.deepEqual([new Date(0), new Date(NaN)].map(certificateDay), ["1970-01-01", "an unknown day"]);
});

test("a certificate nobody vouches for ends with 80 and names the pin that makes the same command work", async () => {
  const certificate = await makeCertificate();
  await using peer = await scriptedPeer({ messages: MESSAGES, tls: { ...certificate, implicit: true } });
  const refused = await here(["pop", "list", url(peer, "pops")], { env: PASSWORD });
  assert.equal(refused.code, 80);
  assert.equal(refused.stderr.split("\n").length, 2);
  const [, pin = ""] = /trust it with --pin (\S+)$/m.exec(refused.stderr) ?? [];
  assert.equal(pin, certificate.pin);
  assert.ok(!peer.commands.some((command) => /^(?:USER|PASS|AUTH)/.test(command)));
  const trusted = await here(["pop", "list", url(peer, "pops"), "--pin", pin], { env: PASSWORD });
  assert.equal(trusted.code, 0, trusted.stderr);
});

test("over pop:// a pin means STLS, and a server whose key is another gets no password", async () => {
  const [certificate, other]: readonly MadeCertificate[] = [await makeCertificate(), await makeCertificate()];
  assert.ok(certificate !== undefined && other !== undefined);
  await using peer = await scriptedPeer({ messages: MESSAGES, tls: certificate });
  const trusted = await here(["pop", "list", url(peer), "--pin", certificate.pin], { env: PASSWORD });
  assert.equal(trusted.code, 0, trusted.stderr);
  assert.ok(peer.commands.includes("STLS"));
  const refused = await here(["pop", "list", url(peer), "--pin", other.pin], { env: PASSWORD });
  assert.equal(refused.code, 80);
  assert.ok(refused.stderr.includes(`it is ${certificate.pin} now`), refused.stderr);
  const logins = peer.commands.filter((command) => /^(?:USER|AUTH)/.test(command));
  assert.equal(logins.length, 1);
});
