// docs/conformance.md: every requirement with the tests that prove it. A pure function of the tables and the outcomes.
import { claimedIds, type TestOutcome } from "./outcomes.ts";
import type { OutOfScope, Requirement, RequirementTable } from "./requirements.ts";

type Status = "proved" | "fails" | "no test" | "out of scope";

interface Row extends Requirement {
  readonly status: Status;
  readonly provedBy: string;
}

export interface Evidence {
  readonly tables: readonly RequirementTable[];
  readonly outOfScope: readonly OutOfScope[];
  readonly tests: readonly TestOutcome[];
}

export function conformancePage(evidence: Evidence): string {
  const tables = evidence.tables.map((table) => ({ name: table.name, rows: judge(table.rows, evidence) }));
  const all = tables.flatMap((table) => table.rows);
  const head = [
    "# Conformance",
    "",
    "Every requirement we found in the RFCs, and the tests that prove it. Written by `npm run docs -- --outcomes` from",
    "[rfc/requirements](../rfc/requirements), [rfc/out-of-scope.tsv](../rfc/out-of-scope.tsv) and the outcomes of `npm test`; do not edit.",
    "",
    "MUST, SHOULD and MAY are the words of RFC 2119 in the cited text; *must* and *should* in lower case come from texts",
    "older than that convention; PROJ rows are our own rulings where the RFCs are silent.",
    "",
    ...totals(all),
  ];
  return [...head, ...tables.flatMap(section)].join("\n") + "\n";
}

/** Rows that a server must satisfy, that are in scope, and that no test proves. */
export function unprovedMusts(evidence: Evidence): readonly string[] {
  const rows = evidence.tables.flatMap((table) => judge(table.rows, evidence));
  const binding = rows.filter((row) => /^(?:P3-S|LM-S)-/.test(row.id) && row.level.toLowerCase().startsWith("must"));
  return binding
    .filter((row) => row.status === "no test" || row.status === "fails")
    .map((row) => `${row.id} ${row.text}`);
}

/** Lines of rfc/out-of-scope.tsv that are stale: tests prove every row they name. */
export function staleScope({ outOfScope, tests }: Evidence): readonly string[] {
  const proved = new Set(tests.flatMap((test) => claimedIds(test.name)));
  return outOfScope.filter(({ ids }) => ids.every((id) => proved.has(id))).map(({ pattern }) => pattern);
}

function judge(rows: readonly Requirement[], { outOfScope, tests }: Evidence): readonly Row[] {
  const reasons = new Map(outOfScope.flatMap(({ ids, reason }) => ids.map((id) => [id, reason])));
  return rows.map((row) => {
    const claiming = tests.filter((test) => claimedIds(test.name).includes(row.id));
    const reason = reasons.get(row.id);
    if (claiming.length > 0) {
      const status = claiming.some((test) => test.outcome === "failed") ? "fails" : "proved";
      return { ...row, status, provedBy: claiming.map(cite).join("<br>") };
    }
    return reason === undefined
      ? { ...row, status: "no test", provedBy: "" }
      : { ...row, status: "out of scope", provedBy: reason };
  });
}

function cite(test: TestOutcome): string {
  const words = test.name.split(" ").slice(claimedIds(test.name).length);
  // Seeds and the size of a sample differ from run to run; the page does not.
  const claim = words.join(" ").replaceAll(/ \([^()]*\b(?:seed|\d+ of \d+)\b[^()]*\)/g, "");
  return `${claim} ([${test.file.slice(test.file.lastIndexOf("/") + 1)}](../${test.file}))`;
}

function section(table: { readonly name: string; readonly rows: readonly Row[] }): string[] {
  const title = table.name.startsWith("rfc") ? `RFC ${table.name.slice(3)}` : "Rulings of the project";
  const lines = table.rows.map((row) => cells([row.id, row.section, row.level, row.text, row.provedBy, row.status]));
  return [
    "",
    `## ${title}`,
    "",
    cells(["Id", "Section", "Level", "Requirement", "Proved by", "Status"]),
    cells(Array(6).fill("---")),
    ...lines,
  ];
}

const STATUSES: readonly Status[] = ["proved", "fails", "no test", "out of scope"];

function totals(rows: readonly Row[]): string[] {
  const count = (some: readonly Row[]): string[] =>
    STATUSES.map((status) => String(some.filter((row) => row.status === status).length));
  const families: readonly (readonly [string, RegExp])[] = [
    ["POP3 server", /^P3-S/],
    ["LMTP receiver", /^LM-S/],
    ["POP3 client", /^P3-C/],
    ["POP2", /^P2/],
    ["POP1", /^P1/],
  ];
  const binding = /^must/i;
  const lines = families.flatMap(([name, pattern]) => {
    const family = rows.filter((row) => pattern.test(row.id));
    const must = family.filter((row) => binding.test(row.level));
    const other = family.filter((row) => !binding.test(row.level));
    return [
      cells([name, "MUST, must", ...count(must), String(must.length)]),
      cells([name, "other", ...count(other), String(other.length)]),
    ];
  });
  const heading = cells(["Part", "Level", ...STATUSES, "rows"]);
  return [heading, cells(Array(7).fill("---")), ...lines, cells(["all", "", ...count(rows), String(rows.length)])];
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
}
