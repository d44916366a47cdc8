// The compiler options and project references we count on, seen to refuse a planted violation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTypes } from "../../scripts/house/checks.ts";
import { plant, sourceFolder } from "./planted.ts";

const SOLUTION = JSON.stringify({
  files: [],
  references: [{ path: "packages/pop/src/wire" }, { path: "packages/pop/src/sasl" }],
});

const CLEAN = {
  ...sourceFolder("packages/pop/src/wire", []),
  ...sourceFolder("packages/pop/src/sasl", ["../wire"]),
  "tsconfig.check.json": SOLUTION,
  "packages/pop/src/wire/index.ts": "export const limit = 512;\n",
  "packages/pop/src/sasl/index.ts":
    'import { limit } from "../wire/index.ts";\nexport const twice: number = limit * 2;\n',
};

const VIOLATIONS: readonly (readonly [string, string, string, RegExp])[] = [
  [
    "an import that is no reference",
    "wire/up.ts",
    'export { twice } from "../sasl/index.ts";\n',
    /up\.ts\(1,\d+\): error TS6307|TS6059/,
  ],
  [
    "a Node type in wire",
    "wire/node.ts",
    "export const empty = Buffer.alloc(0);\n",
    /node\.ts\(1,\d+\): error TS2591|TS2580|TS2304/,
  ],
  [
    "a DOM or Node global in wire",
    "wire/timer.ts",
    "setTimeout(() => undefined, 1);\n",
    /timer\.ts\(1,1\): error TS2304/,
  ],
  [
    "syntax that cannot be stripped",
    "wire/kind.ts",
    "export enum Kind {\n  One,\n}\n",
    /kind\.ts\(1,\d+\): error TS1294/,
  ],
  [
    "undefined for an optional property",
    "wire/exact.ts",
    "export const o: { a?: number } = { a: undefined };\n",
    /exact\.ts\(1,\d+\): error TS2375/,
  ],
  [
    "an element that may be missing",
    "wire/hole.ts",
    "export const n = (list: readonly number[]): number => list[0];\n",
    /hole\.ts\(1,\d+\): error TS2322/,
  ],
  [
    "an import without its ending",
    "wire/short.ts",
    'export { limit } from "./index";\n',
    /short\.ts\(1,\d+\): error TS2835/,
  ],
];

test("two folders that keep to their references compile", async (context) => {
  const { problems } = await checkTypes(plant(context, CLEAN));
  assert.deepEqual(problems, []);
});

for (const [what, file, text, expected] of VIOLATIONS) {
  test(`the compiler refuses ${what}`, async (context) => {
    const { problems } = await checkTypes(plant(context, { ...CLEAN, [`packages/pop/src/${file}`]: text }));
    assert.match(problems.join("\n"), expected);
  });
}

test("a compile of no project fails", async (context) => {
  const { problems } = await checkTypes(plant(context, { "tsconfig.check.json": '{ "files": [] }' }));
  assert.equal(problems.length, 1);
});
