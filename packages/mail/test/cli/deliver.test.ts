import assert from "node:assert/strict";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loggedIn } from "../office/test-office.ts";
import { FREE_PORTS, here, inDirectory, spawned, spawnedOn, startOffice } from "./command-line.ts";

test("a message piped into deliver is collected over POP3 as it was, with the sender as Return-Path", async () => {
  await inDirectory(async (data) => {
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    const { password } = JSON.parse((await here(["account", "add", "anna", "--json", "--data", data])).stdout) as {
      password: string;
    };
    const letter = Buffer.from("Subject: caf\xe9\n\n.dot\nlast line without end", "latin1");
    const ended = await spawned(["deliver", "-f", "sender@example.org", "anna@localhost", "--data", data], {
      stdin: letter,
    });
    assert.deepEqual(ended, { code: 0, stdout: "", stderr: "" });
    const talk = await loggedIn(office.port("pop3"), "anna", password);
    await talk.say("RETR 1");
    const lines: string[] = [];
    for (let line = await talk.line(); line !== undefined && line !== "."; line = await talk.line()) lines.push(line);
    assert.deepEqual(lines, [
      "Return-Path: <sender@example.org>",
      "Subject: caf\xe9",
      "",
      "..dot",
      "last line without end",
    ]);
    talk.close();
    office.signal("SIGTERM");
    await office.ended();
  });
});

test("the same delivery id adds a message once", async () => {
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--data", data]);
    const deliver = async (): Promise<unknown> =>
      JSON.parse(
        (await here(["deliver", "anna", "--id", "q1", "--json", "--data", data], { stdin: "Subject: once\n" })).stdout,
      );
    const first = (await deliver()) as { messageId: number; added: boolean };
    assert.equal(first.added, true);
    assert.deepEqual(await deliver(), { messageId: first.messageId, added: false });
  });
});

test("a directory as standard input is refused, not stored as an empty message", async () => {
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--data", data]);
    const directory = openSync(data, "r");
    const ended = spawnedOn([directory, "pipe", "pipe"], ["deliver", "anna", "--data", data]);
    closeSync(directory);
    assert.deepEqual([ended.status, ended.stderr.slice(0, 42)], [64, "5.5.4 restante: standard input is a direct"]);
    const [anna] = JSON.parse((await here(["account", "list", "--json", "--data", data])).stdout) as [
      { readonly messages: number },
    ];
    assert.equal(anna.messages, 0);
  });
});

test("standard input with nothing in it, as of a filter that crashed, is refused for now and not stored as an empty message", async () => {
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--data", data]);
    const ended = await here(["deliver", "anna", "--data", data], { stdin: "" });
    assert.deepEqual(
      [ended.code, ended.stderr],
      [75, "4.3.0 restante: standard input is empty; give the message, say < letter.eml\n"],
    );
    const [anna] = JSON.parse((await here(["account", "list", "--json", "--data", data])).stdout) as [
      { readonly messages: number },
    ];
    assert.equal(anna.messages, 0);
  });
});

test("the exit code and the status code tell Postfix what to do with the message", async () => {
  await inDirectory(async (directory) => {
    const data = join(directory, "data");
    await here(["account", "add", "anna", "--data", data]);
    const config = join(directory, "wrong.toml");
    writeFileSync(config, "nonsense = 1\n");
    const rows: readonly (readonly [argv: readonly string[], code: number, status: string])[] = [
      [["nobody", "--data", data], 67, "5.1.1 "],
      [["nobody@localhost", "--data", data], 67, "5.1.1 "],
      [["anna@elsewhere.example", "--data", data], 68, "5.1.2 "],
      [["an na@localhost", "--data", data], 64, "5.1.3 "],
      [["-f", "not an address", "anna", "--data", data], 64, "5.1.3 "],
      [["--mailbox", "", "anna", "--data", data], 64, "5.5.4 restante: mailbox is empty; "],
      [["--mailbox", "x".repeat(256), "anna", "--data", data], 64, "5.5.4 "],
      [["anna", "-c", config], 75, "4.3.0 "],
      [["anna", "--data", join(directory, "nothing")], 75, "4.3.0 "],
    ];
    for (const [argv, code, status] of rows) {
      const ended = await here(["deliver", ...argv], { stdin: "Subject: x\n" });
      assert.equal(ended.code, code, argv.join(" "));
      assert.ok(ended.stderr.startsWith(status), ended.stderr);
    }
  });
});

test("a mailbox over its quota is tried again later, or told to the sender where the operator wants it", async () => {
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--data", data]);
    await here(["account", "quota", "anna", "--messages", "1", "--data", data]);
    const deliver = (env: Readonly<Record<string, string>> = {}) =>
      here(["deliver", "anna", "--data", data], { stdin: "Subject: x\n", env });
    assert.equal((await deliver()).code, 0);
    const later = await deliver();
    assert.equal(later.code, 75);
    assert.equal(
      later.stderr,
      "4.2.2 restante: the mailbox of anna is over its quota; remove mail, or give it more with restante account quota\n",
    );
    const never = await deliver({ RESTANTE_OVER_QUOTA: "refuse" });
    assert.equal(never.code, 73);
    assert.equal(never.stderr, "5.2.2 restante: the mailbox of anna is over its quota\n");
  });
});

test("a message may be put into another mailbox than INBOX", async () => {
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--data", data]);
    assert.equal(
      (await here(["deliver", "--mailbox", "Archive", "anna", "--data", data], { stdin: "Subject: old\n" })).code,
      0,
    );
    const ended = await here([
      "export",
      "--account",
      "anna",
      "--format",
      "eml",
      "--mailbox",
      "INBOX",
      join(data, "out"),
      "--json",
      "--data",
      data,
    ]);
    assert.equal((JSON.parse(ended.stdout) as { written: number }).written, 0);
  });
});
