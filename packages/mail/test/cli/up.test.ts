import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { loggedIn, Talk } from "../office/test-office.ts";
import { FREE_PORTS, inDirectory, spawned, startOffice } from "./command-line.ts";

test("up --demo --json says in one line where it listens and who can log in, and a second start says the same", async () => {
  await inDirectory(async (directory) => {
    const data = join(directory, "data");
    const argv = ["up", "--demo", "--json", "--data", data, ...FREE_PORTS];
    const first = await startOffice(argv);
    assert.deepEqual(
      first.ready.listeners.map(({ protocol, address, tls }) => [protocol, address, tls]),
      [
        ["pop3", "127.0.0.1", false],
        ["pop3s", "127.0.0.1", true],
        ["pop2", "127.0.0.1", false],
        ["pop1", "127.0.0.1", false],
        ["lmtp", "127.0.0.1", false],
        ["web", "127.0.0.1", false],
      ],
    );
    assert.match(first.ready.url ?? "", /^http:\/\/127\.0\.0\.1:\d+\/open\/[\w-]{43}$/);
    assert.deepEqual(
      first.ready.accounts?.map(({ user }) => user),
      ["demo", "friend"],
    );
    assert.equal(first.ready.pid, first.child.pid);
    const talk = await loggedIn(first.port("pop3"), "demo", first.ready.accounts?.[0]?.password ?? "");
    const listing = await talk.say("STAT");
    assert.match(listing ?? "", /^\+OK (1[4-9]|[2-9]\d) \d+$/);
    talk.close();
    first.signal("SIGTERM");
    assert.equal(await first.ended(), 0);
    assert.deepEqual(first.stdoutLines().slice(1), ['{"event":"stopped"}']);
    assert.equal(first.stderr(), "");
    assert.equal(statSync(join(data, "demo-accounts.json")).mode & 0o777, 0o600);

    const second = await startOffice(argv);
    assert.deepEqual(second.ready.accounts, first.ready.accounts);
    assert.equal(second.ready.fingerprint, first.ready.fingerprint);
    assert.notEqual(second.ready.url?.split("/").at(-1), first.ready.url?.split("/").at(-1));
    const again = await loggedIn(second.port("pop3"), "demo", second.ready.accounts?.[0]?.password ?? "");
    assert.equal(await again.say("STAT"), listing);
    again.close();
    second.signal("SIGTERM");
    await second.ended();
    const log = readFileSync(join(data, "restante.log"), "utf8");
    for (const { password } of first.ready.accounts ?? []) assert.ok(!log.includes(password));
  });
});

test("Ctrl-C ends it while a session is open: with 0, within its time, and nothing that was marked is gone", async () => {
  await inDirectory(async (data) => {
    const office = await startOffice(["up", "--demo", "--json", "--data", data, ...FREE_PORTS]);
    const talk = await loggedIn(office.port("pop3"), "demo", office.ready.accounts?.[0]?.password ?? "");
    const before = await talk.say("STAT");
    await talk.say("DELE 1");
    office.signal("SIGINT");
    // A terminal and npm both send it: the echo does not cut the first one short.
    office.signal("SIGINT");
    assert.equal(await office.ended(), 0);
    const lines = readFileSync(join(data, "restante.log"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly text: string; readonly time: string });
    const at = (text: string): number => Date.parse(lines.find((line) => line.text === text)?.time ?? "");
    assert.ok(at("closed") - at("stopping") <= 2_000, `${at("closed") - at("stopping")} ms`);
    const again = await startOffice(["up", "--demo", "--json", "--data", data, ...FREE_PORTS]);
    const second = await loggedIn(again.port("pop3"), "demo", again.ready.accounts?.[0]?.password ?? "");
    assert.equal(await second.say("STAT"), before);
    second.close();
    again.signal("SIGTERM");
    await again.ended();
  });
});

test("npm start passes on the signal that ends it: no server stays behind", async () => {
  await inDirectory(async (directory) => {
    const argv = ["--json", "--data", join(directory, "data"), ...FREE_PORTS];
    const office = await startOffice(argv, { command: ["npm", "start", "--silent", "--"] });
    assert.notEqual(office.ready.pid, office.child.pid);
    office.signal("SIGTERM");
    await office.ended();
    const left = isThere(office.ready.pid);
    if (left) process.kill(office.ready.pid, "SIGKILL");
    assert.ok(!left, "npm has ended, and its server has not");
    assert.equal(office.stdoutLines().at(-1), '{"event":"stopped"}');
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a taken port ends it with 69 and names the flag that chooses another", async () => {
  await inDirectory(async (data) => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const ended = await spawned(["up", "--data", data, ...FREE_PORTS, "--listen", `pop3=127.0.0.1:${port}`]);
    assert.deepEqual(ended, {
      code: 69,
      stdout: "",
      stderr: `restante: pop3 127.0.0.1:${port} is taken by another program; choose another with --listen pop3=127.0.0.1:0 (port 0 picks a free one)\n`,
    });
    other.close();
  });
});

test("a second owner of a data directory is refused and told the first one's process", async () => {
  await inDirectory(async (data) => {
    const first = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    const second = await spawned(["up", "--data", data, ...FREE_PORTS]);
    assert.equal(second.code, 75);
    assert.equal(
      second.stderr,
      `restante: ${data} is in use by the process ${first.ready.pid}; stop it first, or choose another directory with --data\n`,
    );
    const talk = new Talk(first.port("pop3"));
    assert.match((await talk.line()) ?? "", /^\+OK/);
    talk.close();
    first.signal("SIGTERM");
    await first.ended();
  });
});

test("a protocol that is off is not there, and without the reader there is no address", async () => {
  await inDirectory(async (data) => {
    const office = await startOffice([
      "up",
      "--json",
      "--data",
      data,
      ...FREE_PORTS,
      "--listen",
      "web=off",
      "--listen",
      "pop2=off",
      "--listen",
      "pop1=off",
      "--listen",
      "lmtp=off",
    ]);
    assert.deepEqual(
      office.ready.listeners.map(({ protocol }) => protocol),
      ["pop3", "pop3s"],
    );
    assert.equal(office.ready.url, undefined);
    assert.equal(office.stderr(), "");
    office.signal("SIGTERM");
    await office.ended();
  });
});

test("after kill -9 the next start finds its mail, its accounts and no obstacle", async () => {
  await inDirectory(async (data) => {
    const first = await startOffice(["up", "--demo", "--json", "--data", data, ...FREE_PORTS]);
    first.signal("SIGKILL");
    assert.equal(await first.ended(), "SIGKILL");
    const second = await startOffice(["up", "--demo", "--json", "--data", data, ...FREE_PORTS]);
    assert.deepEqual(second.ready.accounts, first.ready.accounts);
    (await loggedIn(second.port("pop3"), "demo", second.ready.accounts?.[0]?.password ?? "")).close();
    second.signal("SIGTERM");
    assert.equal(await second.ended(), 0);
  });
});
