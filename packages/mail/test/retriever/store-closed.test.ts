import assert from "node:assert/strict";
import { test } from "node:test";
import { OfficeError } from "../../src/office/office-error.ts";
import { openStoreDestination, reachStore } from "../../src/retriever/destinations/store.ts";
import { FetchError } from "../../src/retriever/fetch-error.ts";
import { openStoreSetting, temporaryFolder } from "./fixture.ts";

test("a store that takes nothing is named as the configuration names it", async (context) => {
  const { local, close } = await openStoreSetting(temporaryFolder(context));
  const of = { to: "store:anna", login: "anna", mailbox: "INBOX", source: "work", store: local };
  const destination = await openStoreDestination(of);
  const facts = { uniqueId: "u", octets: 10, again: false, prefix: "", replaces: undefined };
  const intake = await destination.begin(facts);
  await intake.write(Buffer.from("a: b\r\n\r\nc\r\n"));
  await close();
  await assert.rejects(intake.keep({ sha256: "0".repeat(64) }), (error: unknown) => {
    assert.ok(error instanceof FetchError);
    assert.match(error.message, /^store:anna takes no mail now: \S/);
    return true;
  });
});

test("a store that another program has is one that takes mail later", async () => {
  const isOwned = () => Promise.reject(new OfficeError("owned", "/data is in use by another process; stop it first"));
  await assert.rejects(reachStore("store:anna", isOwned), (error: unknown) => {
    assert.ok(error instanceof FetchError);
    assert.equal(error.code, "destination-later");
    assert.match(error.message, /^store:anna cannot be opened: \/data is in use by another process; /);
    return true;
  });
});
