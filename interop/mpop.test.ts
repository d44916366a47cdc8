// mpop collects a whole maildrop into a Maildir, pipelined, twice, then empties the maildrop.
import assert from "node:assert/strict";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { differing, manyLetters } from "./letters.ts";
import { testOffice, type Correspondent, type TestOffice } from "./office.ts";
import { LETTERS, needs, TRANSPORTS, type Transport } from "./peers.ts";
import { runProgram } from "./product.ts";

const office = testOffice();

const WORDS: Readonly<Record<Transport, string>> = {
  cleartext: "tls off\nauth user",
  STLS: "tls on\ntls_starttls on\ntls_certcheck off\nauth plain",
  TLS: "tls on\ntls_starttls off\ntls_certcheck off\nauth scram-sha-256",
};

async function collect(
  here: TestOffice,
  who: Correspondent,
  o: { transport: Transport; keep: boolean },
): Promise<void> {
  const home = join(here.product.data, `mpop-${o.transport}`);
  for (const folder of ["cur", "new", "tmp"]) await mkdir(join(home, "letters", folder), { recursive: true });
  const rc = join(home, "mpoprc");
  await writeFile(
    rc,
    `account a\nhost 127.0.0.1\nport ${here.product.port(o.transport === "TLS" ? "pop3s" : "pop3")}\nuser ${who.login}\npassword ${who.password}\n${WORDS[o.transport]}\ndelivery maildir ${home}/letters\nuidls_file ${home}/uidls${o.keep ? "" : "-fresh"}\nkeep ${o.keep ? "on" : "off"}\nreceived_header off\npipelining on\n`,
    { mode: 0o600 },
  );
  const { code, stderr, stdout } = await runProgram("mpop", ["-C", rc, "-Q", "a"]);
  assert.equal(code, 0, stderr + stdout);
}

const asMaildir = (octets: Buffer): string => octets.toString("latin1").replaceAll("\r\n", "\n");

for (const transport of TRANSPORTS) {
  void test(
    `mpop over ${transport} collects ${LETTERS} letters once, and empties the maildrop when told to`,
    needs("mpop"),
    async () => {
      const here = office();
      const who = await here.correspondent(`mpop-${transport.toLowerCase()}`, manyLetters(LETTERS));
      const letters = join(here.product.data, `mpop-${transport}`, "letters", "new");
      await collect(here, who, { transport, keep: true });
      const got = await Promise.all((await readdir(letters)).map((name) => readFile(join(letters, name))));
      assert.deepEqual(differing(got.map(asMaildir), who.expected.map(asMaildir)), []);
      await collect(here, who, { transport, keep: true });
      assert.equal((await readdir(letters)).length, LETTERS);
      await collect(here, who, { transport, keep: false });
      assert.equal((await readdir(letters)).length, 2 * LETTERS);
      await collect(here, who, { transport, keep: false });
      assert.equal((await readdir(letters)).length, 2 * LETTERS);
    },
  );
}
