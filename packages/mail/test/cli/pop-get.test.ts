// `get`: what is written where, and what is not.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { COMMAND, ENV, inDirectory, spawned } from "./command-line.ts";
import { LETTERS, MESSAGES, PASSWORD, pop, url } from "./pop-peer.ts";

test("get writes one message to standard output, octet for octet", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  await inDirectory(async (directory) => {
    const password = join(directory, "password");
    writeFileSync(password, "secret\n");
    const argv = ["pop", "get", url(peer), "2", "--password-command", `cat ${password}`];
    assert.deepEqual(await spawned(argv), { code: 0, stdout: LETTERS[1], stderr: "" });
  });
});

test("get --output writes a file a message, named by unique-id, readable by its owner only", async () => {
  await inDirectory(async (directory) => {
    const { code, stdout, stderr } = await pop("get", ["--all", "--output", directory]);
    assert.deepEqual([code, stdout, stderr], [0, `${directory}: 3 written (124 octets), 0 there already.\n`, ""]);
    assert.deepEqual(readdirSync(directory).sort(), ["id-1.eml", "id-2.eml", "id-3.eml"]);
    const read = (name: string): string => readFileSync(join(directory, name), "latin1");
    assert.equal(read("id-1.eml"), LETTERS[0]);
    assert.equal(read("id-3.eml"), `${LETTERS[2]}\r\n`);
    assert.equal(statSync(join(directory, "id-1.eml")).mode & 0o777, 0o600);
  });
});

test("a directory that cannot be made ends get with one line", async () => {
  const { code, stdout, stderr } = await pop("get", ["--all", "--output", "/proc/restante/mail"]);
  assert.deepEqual([code, stdout], [73, ""], stderr);
  assert.match(stderr, /^restante: \/proc\/restante\/mail .*ENOENT.*\n$/);
});

test("get leaves a file that is there already as it is", async () => {
  await inDirectory(async (directory) => {
    writeFileSync(join(directory, "id-2.eml"), "mine");
    const { stdout } = await pop("get", ["1-2", "--output", directory, "--json"]);
    const { messages } = JSON.parse(stdout) as { readonly messages: readonly { readonly written: boolean }[] };
    assert.deepEqual(
      messages.map(({ written }) => written),
      [true, false],
    );
    assert.equal(readFileSync(join(directory, "id-2.eml"), "utf8"), "mine");
  });
});

test("get --output writes every message, also where unique-ids are shared, missing or alike at length, and none twice", async () => {
  const long = "/".repeat(69);
  const cases = [
    { messages: ["same", "same", "same"].map((uniqueId, i) => ({ uniqueId, octets: LETTERS[i] ?? "" })) },
    { messages: ["same", "same", "same"].map((uniqueId) => ({ uniqueId, octets: LETTERS[0] ?? "" })) },
    // A unique-id has up to 70 octets (RFC 1939 §7); each of these becomes three in a file's name.
    { messages: ["a", "b", "c"].map((last, i) => ({ uniqueId: `${long}${last}`, octets: LETTERS[i] ?? "" })) },
    { messages: MESSAGES, without: ["UIDL"] },
  ];
  for (const options of cases)
    await inDirectory(async (directory) => {
      const get = () => pop("get", ["--all", "--output", directory], options);
      assert.match((await get()).stdout, /: 3 written \(\d+ octets\), 0 there already\.\n$/);
      const sent = options.messages.map(({ octets }) => `${octets}${octets.endsWith("\r\n") ? "" : "\r\n"}`);
      const kept = (): readonly string[] =>
        readdirSync(directory).map((name) => readFileSync(join(directory, name), "latin1"));
      assert.deepEqual([...kept()].sort(), [...sent].sort());
      assert.match((await get()).stdout, /: 0 written \(0 octets\), 3 there already\.\n$/);
      assert.equal(kept().length, 3);
    });
});

test("a message without a unique-id never takes the file of one that had its number", async () => {
  await inDirectory(async (directory) => {
    for (const octets of LETTERS)
      await pop("get", ["1", "-o", directory], { messages: [{ octets }], without: ["UIDL"] });
    assert.equal(readdirSync(directory).length, LETTERS.length);
  });
});

test("get writes LF line ends when they are asked for, and tells the sha256 of what it wrote", async () => {
  await inDirectory(async (directory) => {
    const { stdout } = await pop("get", ["--unique-id", "id-2", "-o", directory, "--line-ends", "lf", "--json"]);
    assert.equal(readFileSync(join(directory, "id-2.eml"), "latin1"), (LETTERS[1] ?? "").replaceAll("\r\n", "\n"));
    const { messages } = JSON.parse(stdout) as { readonly messages: readonly { readonly sha256: string }[] };
    // printf 'Subject: two\nX-Long: yes\n\nfirst\nsecond\nthird\n' | sha256sum
    assert.equal(messages[0]?.sha256, "92298f2e2fe76a49a48f9392d3525fff6a1a4759ba72dac80302a9e09a10f7e6");
  });
});

test("a unique-id never names a file outside the directory", async () => {
  await inDirectory(async (directory) => {
    const messages = ["../../x", "..", ".", "a/b", "/etc/passwd", "-rf"].map((uniqueId) => ({
      octets: "\r\n",
      uniqueId,
    }));
    assert.equal((await pop("get", ["--all", "-o", join(directory, "in")], { messages })).code, 0);
    assert.deepEqual(readdirSync(directory), ["in"]);
    assert.deepEqual(
      readdirSync(join(directory, "in")).sort(),
      ["%2Drf.eml", "%2E..eml", "%2E.eml", "%2E.%2F..%2Fx.eml", "%2Fetc%2Fpasswd.eml", "a%2Fb.eml"].sort(),
    );
  });
});

test("a message that breaks off leaves no file", async () => {
  await inDirectory(async (directory) => {
    const { code, stderr } = await pop("get", ["2", "-o", directory], { faults: [{ on: "RETR 2", drop: 30 }] });
    assert.equal(code, 69);
    assert.match(stderr, /^restante: 127\.0\.0\.1:\d+: the connection ended inside a reply\n$/);
    assert.deepEqual(readdirSync(directory), []);
  });
});

test("get that fails ends without QUIT, at which a server may remove what was retrieved and is nowhere yet", async () => {
  const faults = [{ on: "RETR 2", answer: "-ERR no" }];
  const { code, commands } = await inDirectory((directory) => pop("get", ["--all", "--output", directory], { faults }));
  assert.deepEqual([code, commands.includes("QUIT"), commands.includes("RETR 3")], [65, false, true]);
});

test("get whose reader has gone ends without QUIT, and without a word", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES });
  const [node, ...restante] = COMMAND;
  const child = spawn(node, [...restante, "pop", "get", url(peer), "1"], { env: { ...ENV, ...PASSWORD } });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, "close")) as [number];
  assert.deepEqual(
    [code, said, peer.commands.includes("RETR 1"), peer.commands.includes("QUIT")],
    [0, "", true, false],
  );
});

test("a message that is not there is 65, and pop list is named", async () => {
  const { code, stderr } = await pop("get", ["9"]);
  assert.equal(code, 65);
  assert.equal(stderr, "restante: there is no message 9; restante pop list shows those there are\n");
});
