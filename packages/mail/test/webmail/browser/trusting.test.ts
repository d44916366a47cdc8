// A server whose certificate nobody vouches for, from the wizard to its first mail, and what a changed certificate does.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../../../pop/test/support/certificate.ts";
import { becomes, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

const { key, cert } = TEST_CERTIFICATE;
const FINGERPRINT = new X509Certificate(cert).fingerprint256;
const OTHER = new X509Certificate(OTHER_CERTIFICATE.cert).fingerprint256;

let peer: ScriptedPeer;
let reader: Reader;

setUp(async (file) => {
  peer = await scriptedPeer({ tls: { key, cert, implicit: true } });
  file.after(() => peer.close());
  reader = await openReader(file, { args: ["--demo"] });
});

test(
  "the wizard says what is wrong with a certificate, and offers nothing that trusts it",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await goTo(page, "#/sources/add");
    await page.getByLabel("E-mail address").fill("ines@home.example");
    await page.getByLabel("Password").fill("secret");
    await page.getByRole("button", { name: "Write the server by hand" }).click();
    await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
    await page.getByLabel("Port").fill(String(peer.port));
    await page.getByLabel("User name").fill("ines");
    await page.getByRole("button", { name: "Try this server" }).click();
    await page
      .getByRole("alert")
      .getByText(/certificate is not from anybody this computer trusts/)
      .waitFor();
    await page.getByText(/^No name and no password was sent to this server\./).waitFor();
    assert.equal(await page.getByRole("button", { name: /trust/i }).count(), 0);
    assert.deepEqual(peer.commands, []);
  },
);

test(
  "added all the same it waits in its settings, with what there is to compare, and hears nothing",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await page.getByRole("button", { name: "Add it all the same" }).click();
    const add = page.getByRole("button", { name: "Add it, and look at its certificate" });
    await add.waitFor();
    assert.equal(
      await page.getByRole("radio", { name: "Only the newest" }).count(),
      0,
      "it cannot be asked which those are",
    );
    await page.getByLabel("Password").fill("another");
    await add.waitFor({ state: "detached" });
    assert.equal(await page.getByRole("button", { name: "Add it all the same" }).count(), 0, "it was not tried so");
    await page.getByLabel("Password").fill("secret");
    await page.getByRole("button", { name: "Try this server" }).click();
    await page.getByRole("button", { name: "Add it all the same" }).click();
    await add.click();
    const card = page.getByRole("region", { name: "home", exact: true });
    const certificate = card.getByRole("region", { name: "Certificate" });
    await certificate.getByText(FINGERPRINT).waitFor();
    await certificate.getByText("localhost, 127.0.0.1").waitFor();
    await certificate.getByText("itself").waitFor();
    assert.deepEqual(peer.commands, []);
  },
);

test("it is trusted by its fingerprint, said once more, and then its mail comes", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const certificate = page.getByRole("region", { name: "Certificate" });
  await certificate.getByRole("button", { name: "Trust this certificate" }).click();
  const asked = page.getByRole("alertdialog", { name: "Trust this certificate for home?" });
  await asked.getByText(FINGERPRINT).waitFor();
  await asked.getByRole("button", { name: "Cancel" }).click();
  assert.deepEqual(peer.commands, []);
  await certificate.getByRole("button", { name: "Trust this certificate" }).click();
  await asked.getByRole("button", { name: "Trust this certificate" }).click();
  await certificate.getByText("Trusted for this source, and nothing else is:").waitFor();
  await certificate.getByText(FINGERPRINT).waitFor();
  await certificate.getByRole("button", { name: "Trust this certificate" }).waitFor({ state: "detached" });
  await becomes(() => peer.commands.filter((one) => one.startsWith("RETR")).length, 3);
});

test("another certificate in its place is said to be that, and no button trusts it", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  // As the last check found it: what a run does then is a test of the API.
  await page.route("**/api/sources", async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { readonly sources: readonly Readonly<Record<string, unknown>>[] };
    const facts = { subject: "", issuer: "CN=elsewhere", names: [], validFrom: 0, validTo: null };
    const certificate = { ...facts, fingerprint: OTHER };
    const trouble = { code: "TLS_PIN", values: {}, reply: "", words: "x", advice: ["pin-changed"], certificate };
    const changed = { state: "needs-you", lastOutcome: "failed", mayTrust: false, trouble };
    await route.fulfill({
      response,
      json: { sources: body.sources.map((one) => (one["source"] === "home" ? { ...one, ...changed } : one)) },
    });
  });
  await goTo(page, "#/source/home/activity");
  await page.reload();
  await page
    .getByText(/certificate has changed: it is not the one that is trusted/)
    .first()
    .waitFor();
  await page.getByRole("link", { name: "Its certificate, in the settings of this source" }).click();
  const certificate = page.getByRole("region", { name: "Certificate" });
  for (const shown of [FINGERPRINT, OTHER]) await certificate.getByText(shown).waitFor();
  await certificate.getByText(/take the source out and add it again/).waitFor();
  assert.equal(await certificate.getByRole("button", { name: "Trust this certificate" }).count(), 0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("what was trusted is trusted no more when its person says so", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.reload();
  // The run that brought its mail says more behind the last of it.
  await peer.untilClosed();
  const heard = peer.commands.length;
  const certificate = page.getByRole("region", { name: "Certificate" });
  const asked = page.getByRole("alertdialog", { name: "Stop trusting the certificate of home?" });
  for (const answer of ["Cancel", "Stop trusting it"]) {
    await certificate.getByRole("button", { name: "Stop trusting it" }).click();
    await asked.getByText(/take the source out and add it again/).waitFor();
    assert.equal(await certificate.getByText(FINGERPRINT).count(), 1, "it is asked first");
    await asked.getByRole("button", { name: answer }).click();
  }
  await certificate.getByText(/home was logged in to before/).waitFor();
  assert.equal(await certificate.getByRole("button").count(), 0);
  assert.equal(peer.commands.length, heard, "nothing more was said");
});
