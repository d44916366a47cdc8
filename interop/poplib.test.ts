// Python's poplib collects a whole maildrop, keeps it and fetches nothing the second time; then empties it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { manyLetters } from "./letters.ts";
import { testOffice } from "./office.ts";
import { LETTERS, needs, TRANSPORTS } from "./peers.ts";
import { runProgram } from "./product.ts";

const SCRIPT = fileURLToPath(new URL("collect-with-poplib.py", import.meta.url));
const office = testOffice();

interface Collected {
  readonly count: number;
  readonly octets: number;
  readonly fetched: readonly string[];
}

for (const transport of TRANSPORTS) {
  void test(
    `poplib over ${transport} collects ${LETTERS} letters once, and empties the maildrop when told to`,
    needs("python3"),
    async () => {
      const here = office();
      const who = await here.correspondent(`poplib-${transport.toLowerCase()}`, manyLetters(LETTERS));
      const port = here.product.port(transport === "TLS" ? "pop3s" : "pop3");
      const collect = async (after: string, seen: string): Promise<Collected> => {
        const args = [SCRIPT, transport, String(port), who.login, who.password, after, join(here.product.data, seen)];
        const { stdout, stderr, code } = await runProgram("python3", args);
        assert.equal(code, 0, stderr);
        return JSON.parse(stdout) as Collected;
      };
      const first = await collect("keep", `seen-${transport}`);
      assert.equal(first.count, LETTERS);
      assert.equal(
        first.octets,
        who.expected.reduce((sum, { length }) => sum + length, 0),
      );
      assert.deepEqual(
        first.fetched,
        who.expected.map((octets) => createHash("sha256").update(octets).digest("hex")),
      );
      assert.deepEqual((await collect("keep", `seen-${transport}`)).fetched, []);
      assert.equal((await collect("delete", `fresh-${transport}`)).fetched.length, LETTERS);
      assert.equal((await collect("keep", `again-${transport}`)).count, 0);
    },
  );
}
