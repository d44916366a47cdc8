// A mailbox that was collected comes again under another writing: what it is collected as then.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { chosenSources } from "../../src/cli/commands/fetch/options.ts";
import { FetchState, namesFor, statePath } from "../../src/retriever/index.ts";
import { temporaryFolder } from "../retriever/fixture.ts";

/** One message of `endpoint` was collected into these, as `source`. */
function collect(
  data: string,
  source: string,
  o: { readonly endpoint: string; readonly into: readonly string[] },
): void {
  const state = FetchState.open(statePath(data));
  try {
    state.facts(source, o.endpoint);
    const message = { id: undefined, uniqueId: "one", octets: 100, keyHash: "k" };
    const sha256 = "a".repeat(64);
    const copies = o.into.map((destination) => ({ destination, place: "1" }));
    state.collected(source, [
      {
        message,
        state: "collected",
        headerHash: undefined,
        sha256,
        wireOctets: 100,
        copies,
        at: 1,
        pendingWhy: undefined,
        rule: undefined,
      },
    ]);
  } finally {
    state.close();
  }
}

/** The names of what `restante fetch run URLS --account anna` collects, and its warnings. Nobody is asked. */
function chosen(data: string, urls: readonly string[]): { readonly names: readonly string[]; readonly said: string } {
  let said = "";
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString();
      done();
    },
  });
  const io = { stdin: Readable.from([]), stdout: stderr, stderr, env: { RESTANTE_POP_PASSWORD: "secret" } };
  const { sources } = chosenSources({ arguments: {}, lists: { sources: urls }, values: { account: "anna", data } }, io);
  return { names: sources.map(({ name }) => name), said };
}

const AT_995 = { endpoint: "anna@pop.example.org:995", into: ["store:anna"] };

test("a URL of another port of the host goes on under what its mailbox was collected as", (context) => {
  const data = temporaryFolder(context);
  collect(data, "anna-pop-example-org-995", AT_995);
  const name = "anna-pop-example-org-995";
  for (const url of ["pop://anna@pop.example.org", "pop://anna@pop.example.org:2110", "pops://anna@pop.example.org"])
    assert.deepEqual(chosen(data, [url]), { names: [name], said: "" }, url);
  const both = ["pop://anna@pop.example.org", "pops://anna@pop.example.org"];
  assert.deepEqual(chosen(data, both), { names: [name], said: "" });
  assert.deepEqual(chosen(data, ["pop://anna@pop.example.net"]).names, ["anna-pop-example-net-110"]);
  assert.deepEqual(chosen(data, ["pop://Anna@pop.example.org"]).names, ["Anna-pop-example-org-110"]);
});

test("a URL goes on as a source that was taken out of the file, or is not enabled, and is warned of beside one that is", (context) => {
  const data = temporaryFolder(context);
  const url = "pop://anna@pop.example.org";
  collect(data, "work", AT_995);
  assert.deepEqual(chosen(data, [url]), { names: ["work"], said: "" });
  const table = (name: string): string =>
    `[source.${name}]\nhost = "pop.example.org"\nuser = "anna"\npassword = { env = "X" }\naccount = "anna"\n`;
  const file = join(data, "restante.toml");
  writeFileSync(file, `${table("work")}enabled = false\n`);
  assert.deepEqual(chosen(data, [url]), { names: ["work"], said: "" });
  writeFileSync(file, table("work"));
  const { names, said } = chosen(data, [url]);
  assert.deepEqual(names, ["anna-pop-example-org-110"]);
  assert.match(said, /^restante: warning: anna-pop-example-org-110 and work both collect .* comes twice; .*\n$/);
});

test("on this machine another port than the usual ones is another mailbox", (context) => {
  const data = temporaryFolder(context);
  collect(data, "anna-127-0-0-1-1110", { endpoint: "anna@127.0.0.1:1110", into: ["store:anna"] });
  assert.deepEqual(chosen(data, ["pop://anna@localhost:1110"]).names, ["anna-127-0-0-1-1110"]);
  assert.deepEqual(chosen(data, ["pop://anna@127.0.0.1:2110"]).names, ["anna-127-0-0-1-2110"]);
  collect(data, "anna-127-0-0-1-995", { endpoint: "anna@127.0.0.1:995", into: ["store:anna"] });
  assert.deepEqual(chosen(data, ["pop://anna@localhost"]).names, ["anna-127-0-0-1-995"]);
});

test("a mailbox that is set up by another port keeps its name, which is no other mailbox's", (context) => {
  const data = temporaryFolder(context);
  collect(data, "work", AT_995);
  collect(data, "other", { ...AT_995, endpoint: "berta@pop.example.org:995" });
  const memory = FetchState.open(statePath(data));
  try {
    const place = { host: "pop.example.org", port: 110, user: "anna" };
    const asked = { memory, place, configured: [], address: "anna@example.org" };
    const names = namesFor({ ...asked, destinations: ["store:anna", "maildir:/M"] });
    assert.deepEqual(names, { taken: ["other"], before: "work", given: undefined, name: "work" });
    assert.equal(namesFor({ ...asked, destinations: ["maildir:/M"] }).before, undefined);
  } finally {
    memory.close();
  }
});
