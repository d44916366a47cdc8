// fetchmail collects a whole maildrop into a file through its own delivery agent, twice, then empties the maildrop.
import assert from "node:assert/strict";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { differing, manyLetters } from "./letters.ts";
import { testOffice, type Correspondent, type TestOffice } from "./office.ts";
import { LETTERS, needs, TRANSPORTS, type Transport } from "./peers.ts";
import { runProgram } from "./product.ts";

const office = testOffice();

/** fetchmail's words for how to reach the maildrop; `sslproto ''` keeps cleartext clear. */
const WORDS: Readonly<Record<Transport, string>> = {
  cleartext: "sslproto ''",
  STLS: "sslproto TLS1.2+ no sslcertck",
  TLS: "ssl no sslcertck",
};

/** Delivered with LF line ends, without the envelope fields fetchmail rewrites, and with a blank line after every header; the rest must be the letter. */
function comparable(octets: Buffer): string {
  const text = octets
    .toString("latin1")
    .replaceAll("\r\n", "\n")
    .replace(/^Return-Path: .*\n/, "")
    .replace(/^Delivered-To: .*\n/, "");
  return text.includes("\n\n") ? text : `${text}\n`;
}

async function collect(
  here: TestOffice,
  who: Correspondent,
  o: { transport: Transport; keep: boolean },
): Promise<{ code: number; stderr: string }> {
  const home = join(here.product.data, `fetchmail-${o.transport}`);
  await mkdir(join(home, "letters"), { recursive: true });
  const port = here.product.port(o.transport === "TLS" ? "pop3s" : "pop3");
  const agent = join(home, "agent.sh");
  await writeFile(agent, `#!/bin/sh\nexec cat > "${home}/letters/$$-$(date +%s%N)"\n`, { mode: 0o755 });
  const rc = join(home, "fetchmailrc");
  await writeFile(
    rc,
    `set invisible\npoll 127.0.0.1 proto pop3 port ${port} uidl auth password timeout 60 user "${who.login}" pass "${who.password}" ${WORDS[o.transport]} ${o.keep ? "keep" : "nokeep fetchall"} no rewrite mda "${agent}"\n`,
    { mode: 0o600 },
  );
  return runProgram("fetchmail", ["-f", rc, "--idfile", join(home, o.keep ? "ids" : "ids-fresh"), "--nosyslog"], {
    env: { HOME: home, FETCHMAILHOME: home },
  });
}

for (const transport of TRANSPORTS) {
  void test(
    `fetchmail over ${transport} collects ${LETTERS} letters once, and empties the maildrop when told to`,
    needs("fetchmail"),
    async () => {
      const here = office();
      const who = await here.correspondent(`fetchmail-${transport.toLowerCase()}`, manyLetters(LETTERS));
      const letters = join(here.product.data, `fetchmail-${transport}`, "letters");
      const first = await collect(here, who, { transport, keep: true });
      assert.equal(first.code, 0, first.stderr);
      const files = await readdir(letters);
      const got = await Promise.all(files.map((name) => readFile(join(letters, name))));
      assert.deepEqual(differing(got.map(comparable), who.expected.map(comparable)), []);
      // Exit status 1 is fetchmail's word for "there was no mail": the second run fetches nothing.
      assert.equal((await collect(here, who, { transport, keep: true })).code, 1);
      assert.equal((await readdir(letters)).length, LETTERS);
      assert.equal((await collect(here, who, { transport, keep: false })).code, 0);
      assert.equal((await readdir(letters)).length, 2 * LETTERS);
      assert.equal((await collect(here, who, { transport, keep: false })).code, 1);
    },
  );
}
