// Mail on the command line, over the control socket of a running post office.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestOffice } from "../office/test-office.ts";
import { connectReader } from "../../src/office/index.ts";
import { here } from "./command-line.ts";

test("mail is listed, shown and sorted by commands, and an act is taken back", async () => {
  const house = await openTestOffice();
  try {
    const { store, accounts } = house.office.house;
    await accounts.add({ name: "anna" });
    const account = store.directory.accountNamed("anna")?.account ?? "";
    const body = store.newBody();
    await body.write(
      Buffer.from(
        "From: Mina <m@x.example>\r\nDate: Mon, 1 Jun 2026 12:00:00 +0200\r\nSubject: Hello\r\n\r\nGood morning.\r\n",
      ),
    );
    const { messageId } = await store.place(account, await body.finish());
    const reader = await connectReader(house.config.dataDir);
    await reader.ask("message", { account, messageId });
    const at = ["--data", house.config.dataDir];
    const listed = await here(["mail", "list", ...at, "--json"]);
    assert.equal((JSON.parse(listed.stdout) as { rows: { subject: string }[] }).rows[0]?.subject, "Hello");
    const shown = await here(["mail", "show", `${account}/${messageId}`, ...at]);
    assert.match(shown.stdout, /From: Mina <m@x\.example>\n[^]*Good morning\./);
    assert.match(shown.stdout, /^Date: 2026-06-01 10:00:00Z$/m);
    const odd = await here(["mail", "search", "hello before:soon", ...at]);
    assert.match(odd.stdout, /Hello/);
    assert.match(odd.stderr, /before:soon is no date; write it as 2026, 2026-03 or 2026-03-15/);
    const nowhere = await here(["mail", "search", "hello in:nowhere", ...at]);
    assert.match(nowhere.stdout, /No messages/);
    assert.match(nowhere.stderr, /there is no mailbox nowhere; in:anywhere looks into all of them/);
    const nobody = await here(["mail", "search", "hello account:nobody", ...at]);
    assert.match(nobody.stdout, /No messages/);
    assert.match(nobody.stderr, /there is no account nobody/);
    const lost = await here(["mail", "list", ...at, "--after", "rubbish"]);
    assert.equal(lost.code, 64);
    assert.match(lost.stderr, /^restante: what a page goes on from is none of ours; take it from the page before\n$/);
    const acted = await here(["mail", "act", "archive", `${account}/${messageId}`, ...at, "--json"]);
    const { undo } = JSON.parse(acted.stdout) as { undo: string };
    assert.match((await here(["mail", "list", ...at])).stdout, /No messages/);
    assert.equal((await here(["mail", "undo", undo, ...at])).code, 0);
    const again = await here(["mail", "act", "unstar", `${account}/${messageId}`, ...at]);
    assert.equal(again.stdout, "Nothing to change: it is so already.\n");
    const starred = await here(["mail", "act", "star", `${account}/${messageId}`, ...at]);
    await store.remove(account, [messageId]);
    const late = await here(["mail", "undo", / undo (\S+)/.exec(starred.stdout)?.[1] ?? "", ...at]);
    assert.equal(late.stdout, "0 are as they were. 1 were deleted for good since.\n");
    assert.equal((await here(["mail", "show", `${account}/99`, ...at])).stderr.includes("no such message"), true);
    assert.equal((await here(["mail", "sources", ...at])).code, 0);
    await reader.ask("distrust", { trusted: [{ kind: "sender", value: "m@x.example" }] });
  } finally {
    await house.stop();
  }
});

test("without a running post office mail commands say how to start one", async () => {
  const house = await openTestOffice();
  const { dataDir } = house.config;
  await house.office.stop({ withinMs: 0 });
  const { code, stderr } = await here(["mail", "list", "--data", dataDir]);
  assert.equal(code, 69);
  assert.match(stderr, /start one with restante up/);
  await house.stop();
});
