// Listens on the Unix socket it is told, until it is killed.
import { createServer } from "node:net";

createServer().listen(process.argv[2], () => process.send?.("listening"));
process.on("disconnect", () => process.exit());
