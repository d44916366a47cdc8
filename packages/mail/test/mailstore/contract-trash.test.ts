import { sqliteContract } from "./contract.ts";

sqliteContract({ kind: "trash", days: 30 });
