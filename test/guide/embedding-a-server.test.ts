// The program of docs/guide/embedding-a-server.md compiles and does what the page says.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { runCommand } from "../../scripts/house/command.ts";
import { guideProgram } from "./guide-program.ts";

const PROGRAM = { page: "embedding-a-server", test: "embedding-a-server", file: "program.ts" };

test("the program of the guide compiles", async (context) => {
  const folder = guideProgram(context, PROGRAM);
  const config = {
    extends: "../../tsconfig.base.json",
    compilerOptions: { composite: false, declaration: false, noEmit: true, types: ["node"] },
    files: ["program.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runCommand("tsc", ["-p", folder]);
  assert.equal(output, "");
  assert.equal(code, 0);
});

test("the program of the guide serves its message to its login and to nobody else", async (context) => {
  const program = join(guideProgram(context, PROGRAM), "program.ts");
  const child = spawn(process.execPath, ["--conditions=restante-source", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  context.after(() => child.kill("SIGKILL"));
  const [address] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const port = Number(new URL(address).port);
  assert.deepEqual(await converse(port, ["USER anna", "PASS correct horse battery staple", "RETR 1", "QUIT"]), [
    "Subject: Hello",
    "",
    "The post office is open.",
    ".",
  ]);
  const refused = await converse(port, ["USER anna", "PASS wrong", "QUIT"]);
  assert.deepEqual(refused, []);
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];
  assert.equal(code, 0, "SIGTERM ends it in peace");
});

/** The lines of the session that are no status lines. */
async function converse(port: number, commands: readonly string[]): Promise<readonly string[]> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setTimeout(20_000, () => socket.destroy(new Error("the server went silent")));
  socket.write(commands.map((command) => `${command}\r\n`).join(""));
  const lines: string[] = [];
  for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) lines.push(line);
  return lines.filter((line) => !/^(?:\+OK|-ERR) /.test(line));
}
