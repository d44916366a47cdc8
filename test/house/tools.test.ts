// The slower tools, each seen to fail on a planted violation: dead code, public API, packed packages, coverage.
import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkApi } from "../../scripts/house/api-report.ts";
import { checkDeadCode } from "../../scripts/house/checks.ts";
import { root } from "../../scripts/house/command.ts";
import { checkCoverage } from "../../scripts/house/coverage.ts";
import { stalePages } from "../../scripts/house/pages.ts";
import { pack } from "../../scripts/house/published.ts";
import { plant } from "./planted.ts";

const POP = JSON.stringify({
  name: "@restante/pop",
  version: "1.0.0",
  license: "MIT",
  type: "module",
  files: ["dist"],
  exports: { "./wire": { types: "./dist/wire/index.d.ts", default: "./dist/wire/index.js" } },
});
const PACKED = {
  "packages/pop/package.json": POP,
  "packages/pop/dist/wire/index.js": "export const limit = 512;\n",
  "packages/pop/dist/wire/index.d.ts": "export declare const limit: number;\n",
};

test("a file, an export and a dependency nobody uses are named as dead", async (context) => {
  const folder = plant(context, {
    "packages/pop/package.json": POP,
    "packages/mail/package.json": '{ "name": "restante", "type": "module", "dependencies": { "left-over": "1.0.0" } }',
    "packages/pop/src/wire/index.ts": 'export { used } from "./part.ts";\n',
    "packages/pop/src/wire/part.ts": "export const used = 1;\nexport const unused = 2;\n",
    "packages/pop/src/wire/forgotten.ts": "export const forgotten = 3;\n",
  });
  cpSync(join(root, "knip.json"), join(folder, "knip.json"));
  const seen = (await checkDeadCode(folder)).problems.join("\n");
  assert.match(seen, /packages\/pop\/src\/wire\/forgotten\.ts/);
  assert.match(seen, /unused +packages\/pop\/src\/wire\/part\.ts/);
  assert.match(seen, /left-over/);
});

test("a changed API fails until its report is written, and a type nobody can name is found", (context) => {
  const folder = plant(context, PACKED);
  assert.deepEqual(checkApi(folder, { update: false }).problems, ["api/wire.api.md is missing: npm run api"]);
  assert.deepEqual(checkApi(folder, { update: true }).problems, []);
  assert.deepEqual(checkApi(folder, { update: false }), { problems: [], read: "1 front doors" });
  writeFileSync(
    join(folder, "packages/pop/dist/wire/index.d.ts"),
    "interface Hidden {\n  a: 1;\n}\nexport declare const limit: Hidden;\nexport {};\n",
  );
  const seen = checkApi(folder, { update: false }).problems.join("\n");
  assert.match(seen, /ae-forgotten-export.*Hidden/);
  assert.match(seen, /the API of @restante\/pop\/wire changed/);
});

test("a package that imports well passes", async (context) => {
  assert.deepEqual(await pack(plant(context, PACKED), "pop"), { problems: [], files: 3 });
});

test("an export that is not packed is found by publint", async (context) => {
  const manifest = POP.replace("index.js", "elsewhere.js");
  const { problems } = await pack(plant(context, { ...PACKED, "packages/pop/package.json": manifest }), "pop");
  assert.match(problems.join("\n"), /publint, pop:[^]*elsewhere\.js/);
});

test("types that cannot be resolved by an importer are found by attw", async (context) => {
  const broken = 'export { limit } from "./limit.js";\n';
  const { problems } = await pack(plant(context, { ...PACKED, "packages/pop/dist/wire/index.d.ts": broken }), "pop");
  assert.match(problems.join("\n"), /attw, pop:[^]*(?:Internal resolution error|InternalResolutionError)/i);
});

test("a build leftover in a package is found", async (context) => {
  const { problems } = await pack(plant(context, { ...PACKED, "packages/pop/dist/wire/.tsbuildinfo": "{}" }), "pop");
  assert.match(problems.join("\n"), /\.tsbuildinfo must not be packed/);
});

const SIGN = 'export function sign(n: number): string {\n  if (n < 0) return "-";\n  return "+";\n}\n';
const SIGN_TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { sign } from "../../src/wire/sign.ts";
test("signs", () => {
  assert.equal(sign(1), "+");
});
`;

test("an untested branch of wire is found with its file", async (context) => {
  const folder = plant(context, {
    "packages/pop/src/wire/sign.ts": SIGN,
    "packages/pop/test/wire/sign.test.ts": SIGN_TEST,
  });
  assert.match((await checkCoverage(folder)).problems.join("\n"), /sign\.ts/);
});

test("a file of wire that no test loads is found", async (context) => {
  const both = SIGN_TEST.replace('"+");', '"+");\n  assert.equal(sign(-1), "-");');
  const clean = { "packages/pop/src/wire/sign.ts": SIGN, "packages/pop/test/wire/sign.test.ts": both };
  assert.deepEqual((await checkCoverage(plant(context, clean))).problems, []);
  const { problems } = await checkCoverage(plant(context, { ...clean, "packages/pop/src/wire/lonely.ts": SIGN }));
  assert.match(problems.join("\n"), /lonely\.ts/);
});

test("a missing page and a stale page are found, a fresh one is not", (context) => {
  const folder = plant(context, { "docs/fresh.md": "new\n", "docs/stale.md": "old\n" });
  const pages = new Map(["fresh", "stale", "missing"].map((name) => [`docs/${name}.md`, "new\n"]));
  assert.deepEqual(stalePages(folder, pages), ["docs/stale.md", "docs/missing.md"]);
});
