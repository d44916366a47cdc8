import assert from "node:assert/strict";
import { test } from "node:test";
import { tryServers, type Attempt } from "../../../src/webmail/ui/sources/find-server.ts";

test("a host of another domain that only the DNS names waits for a person, and hears nothing", async () => {
  const foreign: Attempt = {
    at: { host: "pop.elsewhere.example", port: 995, tls: "implicit", user: "ines@studio.example", mailDomain: null },
    from: "srv",
    note: null,
    isForeign: true,
    tested: undefined,
  };
  const told: (readonly Attempt[])[] = [];
  // Nothing answers requests here: whoever made one would fail.
  const tried = await tryServers([foreign, { ...foreign, isForeign: false }], {
    password: "secret",
    signal: new AbortController().signal,
    onAttempts: (attempts) => told.push(attempts),
  });
  assert.deepEqual([tried, told], [[foreign], [[foreign]]]);
});
