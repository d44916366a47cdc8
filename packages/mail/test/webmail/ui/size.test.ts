// What the built reader asks for before its first row: measured on the files a browser gets.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PRODUCT = fileURLToPath(new URL("../../../dist/webmail/ui/", import.meta.url));
const HTML = readFileSync(join(PRODUCT, "index.html"), "utf8");

/** A browser looks for it at the very beginning of a script. */
const HINT = "//# allFunctionsCalledOnLoad\n";

function initial(kind: "js" | "css"): number {
  const paths = new Set(Array.from(HTML.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g), ([, path]) => path ?? ""));
  const files = [...paths].filter((path) => path.endsWith(`.${kind}`));
  assert.notEqual(files.length, 0, `index.html asks for no ${kind}`);
  return files.reduce((sum, path) => sum + readFileSync(join(PRODUCT, `${path}.br`)).length, 0);
}

test("at most 190 kB of JavaScript come first, after brotli", () => {
  assert.ok(initial("js") <= 190_000, `${initial("js")} octets`);
});

test("at most 15 kB of CSS come first, after brotli", () => {
  assert.ok(initial("css") <= 15_000, `${initial("css")} octets`);
});

test("each script is asked for as a script ahead of the tag that runs it: Chromium keeps no code of modules otherwise", () => {
  const [, entry = ""] = /<script type="module"[^>]* src="([^"]+)"/.exec(HTML) ?? [];
  const ahead = HTML.indexOf(`<link rel="preload" as="script" crossorigin href="${entry}">`);
  assert.ok(ahead >= 0 && ahead < HTML.indexOf("<script"), HTML);
  assert.doesNotMatch(HTML, /modulepreload/);
});

test("the program, and nothing else, is compiled whole while it comes", () => {
  const asked = Array.from(HTML.matchAll(/as="script"[^>]* href="\.\/assets\/([^"]+)"/g), ([, name = ""]) => name);
  const whole = readdirSync(join(PRODUCT, "assets")).filter(
    (name) => name.endsWith(".js") && readFileSync(join(PRODUCT, "assets", name), "utf8").startsWith(HINT),
  );
  assert.deepEqual(
    whole.map((name) => name.replace(/-.*/, "")),
    ["start"],
  );
  assert.ok(asked.includes(whole[0] ?? ""), HTML);
});

test("the page holds no inline script and no inline style", () => {
  assert.doesNotMatch(HTML, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
});

const SCRIPTS = readdirSync(join(PRODUCT, "assets"))
  .filter((name) => name.endsWith(".js"))
  .map((name) => readFileSync(join(PRODUCT, "assets", name), "utf8"));

test("the validation library of the API stays on the server", () => {
  for (const script of SCRIPTS) assert.doesNotMatch(script, /ZodError|\$Zod/);
});

test("what parses texts stays where they are parsed: at the build", () => {
  // In the code of the whole parser, and in the catalogue as it is written.
  for (const script of SCRIPTS) assert.doesNotMatch(script, /MALFORMED_ARGUMENT|, plural, one/);
});
