// Our own small checkers, each seen to fail on a planted violation and to pass on the same tree without it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFormat } from "../../scripts/house/checks.ts";
import { checkDocuments } from "../../scripts/house/documents.ts";
import { checkLayers } from "../../scripts/house/layers.ts";
import { checkCitations } from "../../scripts/house/rfc-citations.ts";
import { checkTree } from "../../scripts/house/tree.ts";
import { plant, sourceFolder } from "./planted.ts";

const MANIFESTS = {
  "packages/pop/package.json": '{ "version": "1.0.0" }',
  "packages/mail/package.json": '{ "version": "1.0.0", "dependencies": { "pino": "10.4.0" } }',
};
const INDEX = "rfc\ttitle\n1939\tPost Office Protocol Version 3\n";

test("a cited RFC that is not in the index is named with its place", (context) => {
  const folder = plant(context, { "rfc/index.tsv": INDEX, "src/a.ts": `// RFC 1939 §6, and\n// RFC ${9999} §1\n` });
  assert.deepEqual(checkCitations(folder).problems, [`src/a.ts:2: RFC ${9999} is not in rfc/index.tsv`]);
});

test("citations of known RFCs pass and are counted", (context) => {
  const folder = plant(context, { "rfc/index.tsv": INDEX, "src/a.ts": "// RFC 1939 §6\n" });
  assert.deepEqual(checkCitations(folder), { problems: [], read: "1 citations of 1 RFCs" });
});

const TREE_VIOLATIONS: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    "a name that is not kebab-case",
    { "packages/pop/src/wire/lineReader.ts": "" },
    /lineReader\.ts: file names are kebab-case/,
  ],
  [
    "a front door with export *",
    { "packages/pop/src/wire/index.ts": 'export * from "./a.ts";\n' },
    /index\.ts lists its exports/,
  ],
  [
    "export type * as well",
    { "packages/pop/src/wire/index.ts": 'export type * from "./a.ts";\n' },
    /index\.ts lists its exports/,
  ],
  [
    "a runtime dependency of the library",
    { "packages/pop/package.json": '{ "version": "1.0.0", "dependencies": { "x": "1.0.0" } }' },
    /no runtime dependency, found x/,
  ],
  [
    "a dependency that is not pinned",
    { "packages/mail/package.json": '{ "version": "1.0.0", "dependencies": { "pino": "^10.4.0" } }' },
    /pino@\^10\.4\.0 is not an exact version/,
  ],
  ["two versions", { "packages/mail/package.json": '{ "version": "1.0.1" }' }, /the same version/],
  ["a path of one machine", { "docs/a.md": `see /${"work"}/main\n` }, /docs\/a\.md:1: a path of one machine/],
  [
    "a registry of one machine",
    { "package-lock.json": `{\n"resolved"${": "}"https://packages.example/x.tgz" }\n` },
    /package-lock\.json:2: a registry/,
  ],
];

for (const [what, files, expected] of TREE_VIOLATIONS) {
  test(`the tree check finds ${what}`, (context) => {
    const { problems } = checkTree(plant(context, { ...MANIFESTS, ...files }));
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", expected);
  });
}

test("a clean tree has no problem", (context) => {
  const files = { ...MANIFESTS, "packages/pop/src/wire/index.ts": 'export { a } from "./a.ts";\n' };
  assert.deepEqual(checkTree(plant(context, files)).problems, []);
});

const WIRE = {
  ...sourceFolder("packages/pop/src/wire", []),
  "tsconfig.base.json": '{ "compilerOptions": { "types": [], "lib": ["ES2023"] } }',
};
const BUILT = (...folders: readonly string[]): Readonly<Record<string, string>> => ({
  "tsconfig.json": JSON.stringify({ files: [], references: folders.map((path) => ({ path })) }),
});

test("references that agree with the linter's table pass", (context) => {
  const folder = plant(context, {
    ...WIRE,
    ...sourceFolder("packages/pop/src/sasl", ["../wire"]),
    ...BUILT("packages/pop/src/wire", "packages/pop/src/sasl"),
  });
  assert.deepEqual(checkLayers(folder), { problems: [], read: "2 folders" });
});

test("a reference the linter forbids, a folder without a table and one that is not built are found", (context) => {
  const folder = plant(context, {
    ...WIRE,
    ...sourceFolder("packages/pop/src/sasl", ["../wire", "../server"]),
    ...sourceFolder("packages/pop/src/parlour", []),
    ...BUILT("packages/pop/src/wire", "packages/pop/src/sasl"),
  });
  assert.deepEqual([...checkLayers(folder).problems].toSorted(), [
    ".oxlintrc.json has no import table for packages/pop/src/parlour",
    "packages/pop/src/sasl: a reference to packages/pop/src/server the linter forbids",
    "tsconfig.json does not reference packages/pop/src/parlour",
  ]);
});

test("Node types in wire's project are found", (context) => {
  const config = JSON.stringify({ compilerOptions: { types: ["node"] }, references: [] });
  const folder = plant(context, {
    ...WIRE,
    "packages/pop/src/wire/tsconfig.json": config,
    ...BUILT("packages/pop/src/wire"),
  });
  assert.match(checkLayers(folder).problems.join("\n"), /wire knows no Node types/);
});

test("a file oxfmt would change is named", async (context) => {
  const { problems } = await checkFormat(plant(context, { "src/a.ts": "export const a = 'single quotes'\n" }));
  assert.match(problems.join("\n"), /src\/a\.ts/);
});

test("a formatted file passes", async (context) => {
  const { problems } = await checkFormat(plant(context, { "src/a.ts": 'export const a = "double quotes";\n' }));
  assert.deepEqual(problems, []);
});

test("a broken link, a path that is gone and a test that does not exist are found", (context) => {
  const page = [
    "[there](there.md) [gone](gone.md) [web](https://example.org/)",
    "`scripts/there.ts` and `scripts/gone.ts`",
    "«a lost connection removes nothing» ([a.test.ts](../test/a.test.ts))",
    "«pigs fly» ([a.test.ts](../test/a.test.ts))",
  ].join("\n");
  const folder = plant(context, {
    "docs/page.md": page,
    "docs/there.md": "",
    "scripts/there.ts": "",
    "test/a.test.ts": 'test("a lost connection removes nothing", () => {});',
  });
  assert.deepEqual(checkDocuments(folder).problems, [
    "docs/page.md: no gone.md",
    "docs/page.md: no scripts/gone.ts",
    "docs/page.md: no test says «pigs fly»",
  ]);
});
