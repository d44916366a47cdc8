// The password of a source while `serve` collects: in no process list, in no log line.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { here, inDirectory, startOffice } from "./command-line.ts";
import { MESSAGES } from "./source-house.ts";

const SECRET = "quiet-otter-lantern";
/** As it stands on the wire, too. */
const SECRETS = [SECRET, ...["", "\0anna\0"].map((before) => Buffer.from(before + SECRET).toString("base64"))];

/** Of every process there is, by its id. */
function commandLines(): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      lines.set(Number(name), readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " "));
    } catch {
      // It has ended since.
    }
  }
  return lines;
}

function assertUnseen(where: string, text: string): void {
  for (const secret of SECRETS) assert.ok(!text.includes(secret), `${where}: ${text}`);
}

/** A line of a shell that says who runs it, and waits until it is told to go on. */
const pausing = (name: string): string => `echo $$ >${name}.pid; mv ${name}.pid ${name}.waits; read go <${name}.go`;

/** The process that waits there; it goes on when `look` has returned. */
async function whileWaiting(place: string, look: (pid: number) => void): Promise<void> {
  while (!existsSync(`${place}.waits`)) await new Promise(setImmediate);
  look(Number(readFileSync(`${place}.waits`, "utf8")));
  await writeFile(`${place}.go`, "on\n");
}

test("serve collects with passwords from a file, a variable and a command, which no process list and no line of a log has", async () => {
  await using peer = await scriptedPeer({ messages: MESSAGES.slice(0, 1), password: SECRET, mechanisms: ["PLAIN"] });
  await inDirectory(async (directory) => {
    const place = (name: string): string => join(directory, name);
    const source = (name: string, password: string): string =>
      [
        `[source.${name}]\nhost = "127.0.0.1"\nport = ${peer.port}\ntls = "none"\nuser = "anna"\naccount = "anna"`,
        `password = ${password}\n[[source.${name}.deliver]]`,
        `to = ${JSON.stringify(`exec:cat >/dev/null; ${pausing(place(name))}`)}`,
      ].join("\n");
    const program = `${pausing(place("asked"))}; cat ${place("password")}`;
    const sources = {
      file: '{ file = "password" }',
      variable: '{ env = "WORK_PASSWORD" }',
      command: `{ command = ["sh", "-c", ${JSON.stringify(program)}] }`,
    };
    for (const name of ["asked", ...Object.keys(sources)]) execFileSync("mkfifo", [place(`${name}.go`)]);
    writeFileSync(place("password"), `${SECRET}\n`, { mode: 0o600 });
    const tables = Object.entries(sources).map(([name, password]) => source(name, password));
    const first = 'data = "data"\n[listen]\npop3 = "127.0.0.1:0"\n[log]\nlevel = "trace"\ndestination = "log"';
    writeFileSync(place("restante.toml"), [first, ...tables].join("\n"), { mode: 0o600 });
    await here(["account", "add", "anna", "--data", place("data")]);
    const office = await startOffice(["serve", "-c", place("restante.toml"), "--json"], {
      env: { WORK_PASSWORD: SECRET },
    });
    const look = (pid: number): void => {
      const lines = commandLines();
      assert.match(lines.get(office.ready.pid) ?? "", / serve -c /, "the list is read");
      assert.ok(lines.has(pid), "what waits is in it");
      assertUnseen("the process list", [...lines.values()].join("\n"));
    };
    await whileWaiting(place("asked"), look);
    for (const name of Object.keys(sources))
      await whileWaiting(place(name), (pid) => {
        look(pid);
        assertUnseen("the environment of a delivery", readFileSync(`/proc/${pid}/environ`, "utf8"));
      });
    while (!peer.connections.every(({ isClosed }) => isClosed)) await new Promise(setImmediate);
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
    const log = readFileSync(place("log"), "utf8");
    for (const name of Object.keys(sources)) assert.ok(log.includes(`"${name}"`), log);
    assertUnseen("the log", log);
    assertUnseen("standard output and error", `${office.stdoutLines().join("\n")}${office.stderr()}`);
    const audit = (await here(["fetch", "audit", "--data", place("data")])).stdout;
    assert.equal(audit.match(/store:anna/g)?.length, 3, audit);
  });
});
