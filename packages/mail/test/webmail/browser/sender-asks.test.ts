// What a sender asks for in the real reader: to be left by way of its list, and to be told that it was read.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { TEST_CERTIFICATE } from "../../../../pop/test/support/certificate.ts";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { letterOf } from "../api/letter.ts";
import { NEEDS_CHROMIUM, prepareRoutes } from "./browser.ts";
import { ask, deliver, openLetter, sentNow, toInes, writeThrough } from "./writing-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

let reader: Reader;
let peer: SmtpPeer;
let list: Server;
/** Requests the list's own server heard. */
const heard: string[] = [];

setUp(async (file) => {
  peer = await smtpPeer(file);
  list = createServer(TEST_CERTIFICATE, (request, response) => {
    heard.push(request.url ?? "");
    response.end();
  });
  list.on("connection", () => heard.push("connection"));
  await once(list.listen(0, "127.0.0.1"), "listening");
  file.after(() => void list.close());
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
  await writeThrough(reader.page, peer);
});

test("leaving a list takes two steps; an address of this network is never asked", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const { port } = list.address() as AddressInfo;
  await deliver(reader, [
    "List-Unsubscribe: <https://127.0.0.1:" + String(port) + "/leave>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ...toInes("By one click"),
  ]);
  await openLetter(page, "By one click");
  const asks = page.getByRole("region", { name: "Mailing list" });
  await asks.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByRole("alertdialog", { name: "Unsubscribe from this list?" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await asks.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByText("its address is not on the public Internet").waitFor();
  assert.deepEqual(heard, []);
});

test("leaving a list by mail writes what the list asks for, and no more", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await deliver(reader, [
    "List-Unsubscribe: <mailto:leave@list.example?subject=out&bcc=victim@v.example&body=take%20me%20off>",
    ...toInes("By mail"),
  ]);
  await openLetter(page, "By mail");
  await page.getByRole("region", { name: "Mailing list" }).getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByRole("alertdialog").getByText("A mail to leave@list.example asks to take you off.").waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByText("It is in the outbox.").waitFor();
  await page.keyboard.press("z");
  await page.getByText("Cannot be taken back: A mail to leave@list.example").waitFor();
  const taken = await sentNow(page, peer, "out");
  const { entries } = (await ask(page, "/api/outbox?account=1")) as { readonly entries: { subject: string }[] };
  assert.equal(entries.filter(({ subject }) => subject === "out").length, 1, "nothing was written before it was asked");
  assert.deepEqual(taken.to, ["leave@list.example"]);
  assert.equal(letterOf(taken.octets).field("subject"), "out");
});

test("a read receipt is asked about, and goes only then", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  for (const subject of ["Please confirm", "Answer me"])
    await deliver(reader, [
      "Disposition-Notification-To: clerk@court.example",
      `Message-ID: <${subject.length}@court.example>`,
      ...toInes(subject, "Clerk <clerk@court.example>"),
    ]);
  await openLetter(page, "Answer me");
  const asks = page.getByRole("region", { name: "Read receipt" });
  await asks.getByText("clerk@court.example asks to be told that you have read this.").waitFor();
  await asks.getByRole("button", { name: "Do not" }).click();
  await asks.waitFor({ state: "detached" });
  await openLetter(page, "Please confirm");
  await asks.getByRole("button", { name: "Send a receipt" }).click();
  await page.getByText("The receipt is in the outbox").waitFor();
  await page.keyboard.press("z");
  await page.getByText("Cannot be taken back: The receipt is in the outbox").waitFor();
  const { from, to, octets } = await sentNow(page, peer, "Read: Please confirm");
  assert.deepEqual([from, to], ["", ["clerk@court.example"]]);
  const { field } = letterOf(octets);
  // RFC 8098 §3: this is what a receipt is.
  assert.match(field("content-type") ?? "", /^multipart\/report; report-type=disposition-notification/);
  assert.match(octets.toString("latin1"), /^Disposition: manual-action\/MDN-sent-manually; displayed\r$/m);
  assert.equal(peer.taken.filter((one) => one.from === "").length, 1);
  assert.equal(await page.locator(".outgoing").filter({ hasText: "Read: Answer me" }).count(), 0, "none waits either");
});
