// How a test claims a requirement of rfc/requirements: the id leads the test's name, and an unknown id fails at once.
// docs/conformance.md is made from the outcomes of these tests.
import { readFileSync, readdirSync } from "node:fs";
import { test, type TestContext } from "node:test";

const folder = new URL("../../rfc/requirements/", import.meta.url);

const known: ReadonlySet<string> = new Set(
  readdirSync(folder)
    .filter((name) => name.endsWith(".tsv"))
    .flatMap((name) => readFileSync(new URL(name, folder), "utf8").split("\n").slice(1))
    .map((line) => line.split("\t", 1)[0] ?? "")
    .filter((id) => id !== ""),
);

type Body = (context: TestContext) => void | Promise<void>;

/** Declares a test that proves the requirements `ids` (one, or several proved by the same act). Throws on an id that is not in rfc/requirements. */
export function requirement(ids: string | readonly string[], claim: string, body: Body): void {
  const list = typeof ids === "string" ? [ids] : ids;
  for (const id of list) {
    if (!known.has(id)) throw new Error(`${id} is not in rfc/requirements: check the id, or add its row`);
  }
  void test(`${list.join(" ")} ${claim}`, body);
}
