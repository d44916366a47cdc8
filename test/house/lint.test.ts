// Each rule of .oxlintrc.json that we count on, seen to fail on a planted violation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLint } from "../../scripts/house/checks.ts";
import { plant, sourceFolder } from "./planted.ts";

const EMPTY = "export const nothing = 0;\n";

test("the linter sees each planted violation and names its rule", async (context) => {
  const folder = plant(context, {
    ...sourceFolder("packages/pop/src/wire", []),
    ...sourceFolder("packages/pop/src/server", ["../wire"]),
    ...sourceFolder("packages/mail/src/mailstore", ["../../../pop/src/wire"]),
    "packages/pop/src/wire/index.ts": EMPTY,
    "packages/pop/src/wire/pop3/states.ts": EMPTY,
    "packages/pop/src/wire/clock.ts": 'import { hrtime } from "node:process";\nexport const now = hrtime;\n',
    "packages/pop/src/wire/one.ts": 'import { two } from "./two.ts";\nexport const one = (): number => two();\n',
    "packages/pop/src/wire/two.ts": 'import { one } from "./one.ts";\nexport const two = (): number => one();\n',
    "packages/pop/src/server/deep.ts": 'import { nothing } from "../wire/pop3/states.ts";\nexport const x = nothing;\n',
    "packages/pop/src/server/files.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;\n',
    "packages/pop/src/server/web.ts": 'import { Hono } from "hono";\nexport const x = Hono;\n',
    "packages/pop/src/server/floating.ts": FLOATING,
    "packages/pop/src/server/misused.ts": MISUSED,
    "packages/pop/src/server/half.ts": HALF_A_SWITCH,
    "packages/pop/src/server/default-export.ts": "export default 1;\n",
    "packages/pop/src/server/CamelCase.ts": EMPTY,
    "packages/pop/src/server/tested.ts": 'import { x } from "../../test/wire/x.test.ts";\nexport const y = x;\n',
    "packages/mail/src/mailstore/rows.ts": SQLITE,
    "packages/mail/src/mailstore/sqlite/rows.ts": SQLITE,
    ...sourceFolder("packages/mail/src/webmail/ui", []),
    "packages/mail/src/webmail/ui/files.ts": 'import { join } from "node:path";\nexport const x = join;\n',
    "packages/mail/src/webmail/ui/zod.ts": 'import { z } from "zod";\nexport const x = z;\n',
    "packages/mail/src/webmail/ui/list.tsx": HTML_AS_TEXT,
    "packages/mail/src/mailstore/upwards.ts": 'import { x } from "../cli/index.ts";\nexport const y = x;\n',
  });
  const { problems } = await checkLint(folder);
  const seen = problems.join("\n");
  for (const [file, rule] of EXPECTED) {
    assert.match(seen, new RegExp(`${file}:\\d+: \\S*\\(${rule}\\)|${file}: \\S*\\(${rule}\\)`), `${rule} in ${file}`);
  }
  assert.doesNotMatch(seen, /sqlite\/rows\.ts.*no-restricted-imports/, "node:sqlite is allowed in mailstore/sqlite");
  assert.doesNotMatch(seen, /wire\/index\.ts/, "a clean file has no problem");
});

test("the linter reads the whole of a clean tree and finds nothing", async (context) => {
  const folder = plant(context, {
    ...sourceFolder("packages/pop/src/wire", []),
    "packages/pop/src/wire/index.ts": EMPTY,
  });
  assert.deepEqual(await checkLint(folder), { problems: [], read: "1 files" });
});

test("a lint of no file fails", async (context) => {
  const { problems } = await checkLint(plant(context, {}));
  assert.equal(problems.length, 1);
});

const EXPECTED: readonly (readonly [string, string])[] = [
  ["wire/clock.ts", "no-restricted-imports"],
  ["wire/one.ts", "no-cycle"],
  ["wire/two.ts", "no-cycle"],
  ["server/deep.ts", "no-restricted-imports"],
  ["server/files.ts", "no-restricted-imports"],
  ["server/web.ts", "no-restricted-imports"],
  ["server/floating.ts", "no-floating-promises"],
  ["server/misused.ts", "no-misused-promises"],
  ["server/half.ts", "switch-exhaustiveness-check"],
  ["server/default-export.ts", "no-default-export"],
  ["server/CamelCase.ts", "filename-case"],
  ["server/tested.ts", "no-restricted-imports"],
  ["mailstore/rows.ts", "no-restricted-imports"],
  ["mailstore/upwards.ts", "no-restricted-imports"],
  ["ui/files.ts", "no-restricted-imports"],
  ["ui/zod.ts", "no-restricted-imports"],
  ["ui/list.tsx", "no-danger"],
];

const FLOATING = `async function later(): Promise<void> {}
export function now(): void {
  later();
}
`;
const HTML_AS_TEXT = `export function Subject({ text }: { text: string }): unknown {
  return <h2 dangerouslySetInnerHTML={{ __html: text }} />;
}
`;
const MISUSED = `export function each(list: readonly number[]): void {
  list.forEach(async () => {
    await Promise.resolve();
  });
}
`;
const HALF_A_SWITCH = `export function name(kind: "a" | "b"): string | undefined {
  switch (kind) {
    case "a":
      return "a";
  }
  return undefined;
}
`;
const SQLITE = 'import { DatabaseSync } from "node:sqlite";\nexport const open = DatabaseSync;\n';
