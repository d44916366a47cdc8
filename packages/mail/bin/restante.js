#!/usr/bin/env node
// Written so that an old Node reads it too and can say what it lacks.
var parts = process.versions.node.split(".");
var major = Number(parts[0]);
if (major < 22 || (major === 22 && Number(parts[1]) < 15)) {
  process.stderr.write(
    "restante: this is Node " +
      process.versions.node +
      ", Restante needs 22.15 or newer; in a clone of it, npx restante runs it on its own Node 24\n",
  );
  process.exit(69);
}
var main = new URL("../dist/program/main.js", import.meta.url);
import(main.href).then(
  function (cli) {
    return cli.main();
  },
  function (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || error.url !== main.href) throw error;
    process.stderr.write("restante: not built yet; run npm run build in the clone\n");
    process.exit(69);
  },
);
