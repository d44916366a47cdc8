// Compiles packages/pop/kernel/lines.ts to WebAssembly, as a module that needs no file beside it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

export const KERNEL = "packages/pop/src/maildrop/lines/kernel.ts";
const SOURCE = "packages/pop/kernel/lines.ts";
/** Of memory, 64 KiB each: it never grows, so views of it stay what they are. */
const PAGES = 3;

/** What stands in `KERNEL`. */
export async function lineKernel(root: string): Promise<string> {
  const files = new Map([["lines.ts", readFileSync(join(root, SOURCE), "utf8")]]);
  let wasm: Uint8Array | undefined;
  const options = ["--runtime", "stub", "--enable", "simd", "-O3", "--noAssert"];
  const memory = ["--initialMemory", String(PAGES), "--maximumMemory", String(PAGES)];
  const { error } = await asc.main(["lines.ts", "--outFile", "lines.wasm", ...options, ...memory], {
    readFile: (name) => files.get(name) ?? null,
    writeFile(name, contents) {
      if (name === "lines.wasm" && typeof contents !== "string") wasm = contents;
    },
    listFiles: () => [],
  });
  if (wasm === undefined) throw new Error(`${SOURCE} does not compile`, { cause: error });
  return `// Made by \`npm run docs\` out of ${SOURCE}: its WebAssembly, in base64.\nexport const KERNEL =\n  "${Buffer.from(wasm).toString("base64")}";\n`;
}
