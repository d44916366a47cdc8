// curl lists and fetches every letter, octet for octet.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { letters } from "./letters.ts";
import { testOffice, type Correspondent, type TestOffice } from "./office.ts";
import { needs, TRANSPORTS, type Transport } from "./peers.ts";
import { runProgram } from "./product.ts";

const office = testOffice();

function address({ product }: TestOffice, transport: Transport): readonly string[] {
  if (transport === "TLS") return ["--insecure", `pop3s://127.0.0.1:${product.port("pop3s")}/`];
  return [...(transport === "STLS" ? ["--insecure", "--ssl-reqd"] : []), `pop3://127.0.0.1:${product.port("pop3")}/`];
}

async function curl(who: Correspondent, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram("curl", [
    "--silent",
    "--show-error",
    "--user",
    `${who.login}:${who.password}`,
    ...args,
  ]);
  assert.equal(code, 0, stderr);
  return stdout;
}

for (const transport of TRANSPORTS) {
  void test(`curl over ${transport} lists and fetches every letter octet for octet`, needs("curl"), async () => {
    const here = office();
    const who = await here.correspondent(`curl-${transport.toLowerCase()}`, letters());
    const [url = "", ...flags] = [...address(here, transport)].reverse();
    const listing = await curl(who, [...flags, url]);
    assert.equal(listing, who.expected.map(({ length }, index) => `${index + 1} ${length}\r\n`).join(""));
    for (const [index, expected] of who.expected.entries()) {
      const file = join(here.product.data, `fetched-${transport}`);
      await curl(who, [...flags, "--output", file, `${url}${index + 1}`]);
      assert.deepEqual(await readFile(file), expected, `letter ${index + 1}`);
    }
  });
}
