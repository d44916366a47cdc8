// A receiver in a process of its own, for tests that kill it. Sends its port to its parent.
import { join } from "node:path";
import { openAccounts } from "../../../src/accounts/index.ts";
import { createLmtpServer } from "../../../src/delivery/index.ts";
import { openSqliteMailstore } from "../../../src/mailstore/index.ts";

const directory = process.argv[2] ?? "";
const store = await openSqliteMailstore({ directory: join(directory, "store") });
const keyFile = join(directory, "key");
const accounts = await openAccounts({
  store,
  domains: [],
  hostName: "post.example",
  keyFile,
  defaultPopDelete: { kind: "remove" },
});
await accounts.add({ name: "demo" });
const listening = await createLmtpServer({ store, accounts, hostName: "post.example" }).listen({ port: 0 });
if ("port" in listening) process.send?.(listening.port);
process.on("disconnect", () => process.exit());
