// `npm run clean`: what can be built again goes; `data` (mail!) and node_modules stay.
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./house/command.ts";

for (const path of globSync(["packages/*/dist", ".cache", "coverage", "bench/bin"], { cwd: root })) {
  rmSync(join(root, path), { recursive: true, force: true });
  console.log(`removed ${path}`);
}
