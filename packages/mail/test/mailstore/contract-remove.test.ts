import { sqliteContract } from "./contract.ts";

sqliteContract({ kind: "remove" });
