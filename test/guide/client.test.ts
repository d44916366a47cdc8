// The program of docs/guide/client.md compiles and does what the page says.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { scriptedPeer } from "@restante/pop/testing";
import { TEST_CERTIFICATE } from "../../packages/pop/test/support/certificate.ts";
import { runCommand } from "../../scripts/house/command.ts";
import { guideProgram } from "./guide-program.ts";

const PROGRAM = { page: "client", test: "client", file: "program.ts" };

const { cert, key } = TEST_CERTIFICATE;
const PIN = new X509Certificate(cert).fingerprint256;

test("the program of the guide compiles", async (context) => {
  const folder = guideProgram(context, PROGRAM);
  const config = {
    extends: "../../tsconfig.base.json",
    // `await using` is lowered by whoever compiles for Node 22.
    compilerOptions: {
      composite: false,
      declaration: false,
      noEmit: true,
      types: ["node"],
      lib: ["ES2023", "ESNext.Disposable"],
    },
    files: ["program.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runCommand("tsc", ["-p", folder]);
  assert.equal(output, "");
  assert.equal(code, 0);
});

test("the program of the guide collects each message once, and removes what it stored", async (context) => {
  const folder = guideProgram(context, PROGRAM);
  const messages = ["Subject: one\r\n\r\n.dot\r\n", "Subject: two\r\n\r\n\xe9\r\n"];
  for (const implicit of [true, false]) {
    const peer = await scriptedPeer({ messages, tls: { cert, key, implicit } });
    context.after(() => peer.close());
    const mail = join(folder, `mail-${implicit}`);
    const address = `${implicit ? "pops" : "pop"}://anna@127.0.0.1:${peer.port}`;
    assert.equal(await run(folder, [address, mail]), "2 collected, committed\n");
    const files = readdirSync(mail).map((name) => readFileSync(join(mail, name), "latin1"));
    assert.deepEqual(files.toSorted(), messages);
    assert.equal(peer.maildrop.messages.length, 0);
    assert.equal(await run(folder, [address, mail]), "0 collected, committed\n");
  }
});

test("the program of the guide leaves what has no unique-id of its own where it is", async (context) => {
  const folder = guideProgram(context, PROGRAM);
  const own = { octets: "Subject: own\r\n\r\nx\r\n", uniqueId: "own" };
  const twins = [1, 2].map((n) => ({ octets: `Subject: ${n}\r\n\r\nx\r\n`, uniqueId: "same" }));
  for (const [without, collected, left] of [
    [[], 1, 2],
    [["UIDL"], 0, 3],
  ] as const) {
    const peer = await scriptedPeer({ messages: [...twins, own], without, tls: { cert, key, implicit: true } });
    context.after(() => peer.close());
    const mail = join(folder, `mail-${left}`);
    const said = await run(folder, [`pops://anna@127.0.0.1:${peer.port}`, mail]);
    assert.equal(said, `${collected} collected, committed\n${left} without a unique-id of their own stay there\n`);
    assert.deepEqual([readdirSync(mail).length, peer.maildrop.messages.length], [collected, left]);
  }
});

test("the program of the guide says what went wrong", async (context) => {
  const folder = guideProgram(context, PROGRAM);
  const peer = await scriptedPeer({ tls: { cert, key, implicit: true }, password: "another" });
  context.after(() => peer.close());
  const failed = run(folder, [`pops://anna@127.0.0.1:${peer.port}`, join(folder, "mail")]);
  await assert.rejects(failed, (error: Error & { stderr?: string; code?: number }) => {
    assert.match(error.stderr ?? "", /^AUTH_REJECTED \(auth\): .*; try again: after-user-action\n$/);
    return error.code === 1;
  });
});

async function run(folder: string, args: readonly string[]): Promise<string> {
  const program = join(folder, "program.ts");
  const env = { ...process.env, POP_PASSWORD: "secret", POP_PIN: PIN };
  const options = { env, timeout: 60_000 };
  const command = ["--conditions=restante-source", program, ...args];
  return (await promisify(execFile)(process.execPath, command, options)).stdout;
}
