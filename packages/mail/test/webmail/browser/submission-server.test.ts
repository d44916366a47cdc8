// An address and the submission server it sends through, entered in the real reader.
import assert from "node:assert/strict";
import { test } from "node:test";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { becomes, goTo, NEEDS_CHROMIUM, turn } from "./browser.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { beginMessage, sendWritten, sentNow } from "./writing-desk.ts";

let reader: Reader;
let peer: SmtpPeer;

setUp(async (file) => {
  peer = await smtpPeer(file, { password: "pencil" });
  reader = await openReader(file, { args: ["--demo"] });
});

test("an address with its submission server is entered, tested and kept", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/organise/addresses");
  await page.getByRole("button", { name: "Add an address" }).click();
  await page.getByLabel("E-mail address").fill("ines@harbour.example");
  await page.getByLabel("Your name, as others see it").fill("Inés Okafor");
  await page.getByLabel("Signature").fill("The harbour office");
  await turn(page.getByLabel("Write as this address"), "on");
  await turn(page.getByLabel("Sends through a submission server"), "on");
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByRole("spinbutton", { name: "Port" }).fill(String(peer.port));
  await page.getByLabel("Login name").fill("ines");
  await page.locator("input[type=password]").fill("not the password");
  await page.getByRole("button", { name: "Test the server" }).click();
  await page.getByText("535 5.7.8 wrong password").waitFor();
  await page.locator("input[type=password]").fill("pencil");
  await page.getByRole("button", { name: "Test the server" }).click();
  await page.getByText("The server took the login.").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Through 127.0.0.1").waitFor();
});

test("an address that logs in with a token says so in its form, and writes with it", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  const cloud = await smtpPeer(t, { token: () => "ya29.token" });
  await goTo(page, "#/organise/addresses");
  await page.getByRole("button", { name: "Add an address" }).click();
  await page.getByLabel("E-mail address").fill("ines@cloud.example");
  await turn(page.getByLabel("Sends through a submission server"), "on");
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByRole("spinbutton", { name: "Port" }).fill(String(cloud.port));
  await page.getByLabel("Login name").fill("ines@cloud.example");
  await page.getByLabel("How to log in").selectOption("xoauth2");
  await page.getByLabel("Access token", { exact: true }).fill("ya29.old");
  await page.getByRole("button", { name: "Test the server" }).click();
  await page.getByText(/^The submission server refused the login\..*535 /).waitFor();
  await page.getByLabel("Access token", { exact: true }).fill("ya29.token");
  await page.getByRole("button", { name: "Test the server" }).click();
  await page.getByText("The server took the login.").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const row = page.getByRole("listitem").filter({ hasText: "ines@cloud.example" });
  await row.getByRole("button", { name: "Change" }).click();
  await becomes(() => page.getByLabel("Login name").inputValue(), "ines@cloud.example");
  assert.equal(await page.getByLabel("Access token; left empty").inputValue(), "", "it is never shown again");
  await page.getByRole("button", { name: "Cancel" }).click();
  await beginMessage(page, { to: "mina@harbour.example", subject: "From the cloud" });
  await page.locator("select.compose-from").selectOption("ines@cloud.example");
  await sendWritten(page);
  const { from, user } = await sentNow(page, cloud, "From the cloud");
  assert.deepEqual([from, user], ["ines@cloud.example", "ines@cloud.example"]);
});
