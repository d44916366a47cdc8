// Collected mail that a command hands to a running post office over its control socket.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { localStoreOf, reachOffice } from "../../src/office/index.ts";
import type { PlacedMessage, Placing } from "../../src/retriever/index.ts";
import { openTestOffice } from "./test-office.ts";

const house = await openTestOffice();
const caller = await reachOffice({ config: house.config });
after(async () => {
  await caller.close();
  await house.stop();
});

interface Setting {
  readonly name: string;
  readonly placing: Placing;
}

/** An account of its own in the office of all. */
async function open(name: string): Promise<Setting> {
  assert.equal(caller.remote, true);
  await caller.call("account.add", { name });
  return { name, placing: await localStoreOf(caller).openPlacing({ login: name, mailbox: "INBOX", source: "work" }) };
}

const textOf = (n: number): string => `Subject: ${n}\r\n\r\n${"x".repeat(n)}\r\n`;
const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

/** As the retriever does it: the octets at once, the answer when it comes. */
function place(placing: Placing, n: number): Promise<PlacedMessage> {
  const intake = placing.begin({ uniqueId: `id-${n}`, again: false, prefix: "" });
  void intake.write(Buffer.from(textOf(n)));
  return intake.keep(sha256Of(textOf(n)));
}

async function subjects({ name }: Setting): Promise<readonly number[]> {
  const found: number[] = [];
  for (const { messageId } of await caller.call("message.page", { name, after: 0, limit: 1_000 })) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of caller.octets("message.octets", { name, messageId })) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const n = Number(/^Subject: (\d+)/.exec(text)?.[1]);
    assert.equal(text, textOf(n));
    found.push(n);
  }
  return found;
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);

test("a running post office takes many messages at once, and stores them in the order they came", async () => {
  const setting = await open("anna");
  const placed = await Promise.all(numbers(200).map((n) => place(setting.placing, n)));
  assert.ok(placed.every(({ added }) => added));
  assert.deepEqual(await subjects(setting), numbers(200));
});

test("a whole message takes the place of its header over the control socket too", async () => {
  const setting = await open("frida");
  const header = "Subject: 7\r\n\r\n";
  const prefix = "X-Restante-Header-Only: 100 octets are at pop.example\r\n";
  const intake = setting.placing.begin({ uniqueId: "id-7", again: false, prefix });
  void intake.write(Buffer.from(header));
  const { messageId } = await intake.keep(sha256Of(header));
  const replaces = { messageId, sha256: sha256Of(header) };
  const whole = setting.placing.begin({ uniqueId: "id-7", again: false, prefix: "", replaces });
  void whole.write(Buffer.from(textOf(7)));
  assert.equal((await whole.keep(sha256Of(textOf(7)))).added, true);
  assert.deepEqual(await subjects(setting), [7]);
});

test("a large message, which becomes a file, is not overtaken by those behind it", async () => {
  const setting = await open("georg");
  const order = [70_000, 1, 2, 80_000, 90_000, 3];
  await Promise.all(order.map((n) => place(setting.placing, n)));
  assert.deepEqual(await subjects(setting), order);
});

test("a message that comes again is stored once, also in another request", async () => {
  const setting = await open("berta");
  const first = await place(setting.placing, 1);
  const second = await place(setting.placing, 1);
  assert.deepEqual(second, { messageId: first.messageId, added: false });
  assert.deepEqual(await subjects(setting), [1]);
});

test("a message that is discarded leaves nothing, and those around it arrive", async () => {
  const setting = await open("carl");
  const before = place(setting.placing, 1);
  const cut = setting.placing.begin({ uniqueId: "cut", again: false, prefix: "" });
  await cut.write(Buffer.from("Subject: 2\r\n"));
  await cut.discard();
  await Promise.all([before, place(setting.placing, 3)]);
  assert.deepEqual(await subjects(setting), [1, 3]);
});

test("a message that is refused is refused with its reason, each for itself", async () => {
  const { name, placing } = await open("emil");
  const before = place(placing, 1);
  const begun = placing.begin({ uniqueId: "open", again: false, prefix: "" });
  await begun.write(Buffer.from(textOf(2)));
  assert.equal((await before).added, true);
  await caller.call("account.remove", { name });
  await assert.rejects(begun.keep(sha256Of(textOf(2))), { code: "NO_SUCH_ACCOUNT" });
});

test("what comes behind half a conversation is not placed", async () => {
  const setting = await open("dora");
  const wrong = setting.placing.begin({ uniqueId: "wrong", again: false, prefix: "" });
  await wrong.write(Buffer.from(textOf(2)));
  const [kept, behind] = [wrong.keep("no digest"), place(setting.placing, 3)];
  await assert.rejects(kept, { code: "bad-input" });
  await assert.rejects(behind, { code: "bad-input" });
  await place(setting.placing, 1);
  assert.deepEqual(await subjects(setting), [1]);
});

test("mail for a login that is none is refused before anything is asked of its server", async () => {
  const into = { login: "nobody", mailbox: "INBOX", source: "work" };
  await assert.rejects(localStoreOf(caller).openPlacing(into), { code: "no-such-user" });
});

test("a post office that ends in the middle of a message stores none of it and says so", async () => {
  const { placing } = await open("franz");
  const intake = placing.begin({ uniqueId: "half", again: false, prefix: "" });
  await intake.write(Buffer.from("Subject: half\r\n"));
  await house.office.stop({ withinMs: 0 });
  await assert.rejects(intake.keep(sha256Of("Subject: half\r\n")), { code: "no-answer" });
});
