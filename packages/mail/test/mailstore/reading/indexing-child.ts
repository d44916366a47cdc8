// A process that owns a store and indexes it, to be killed: says a line for every batch, then "whole".
import { openReadingIndex, openSqliteMailstore } from "../../../src/mailstore/index.ts";
import { plainReader } from "./plain-reader.ts";

const [directory = "", account = ""] = process.argv.slice(2);
const store = await openSqliteMailstore({ directory });
const index = await openReadingIndex({ store, reader: plainReader(), diskFloorOctets: 0 });
index.onIndexed(({ added }) => process.stdout.write(`${added.length}\n`));
await index.caughtUp(account, { withinMs: 60_000 });
process.stdout.write("whole\n");
setInterval(() => {}, 60_000);
