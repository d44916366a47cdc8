// A reporter of node's test runner that keeps what the conformance page needs: the name, file and outcome of each test.
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";

/** node's closing counts; other diagnostics are what tests had to say. */
const COUNT = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

interface Outcome {
  readonly name: string;
  readonly file: string;
  readonly outcome: "ok" | "failed" | "skipped";
  readonly reason?: string;
}

/** Yields one JSON document when the run is over. */
async function* outcomeReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tests: Outcome[] = [];
  let sinceSummary: Outcome[] = [];
  const summary: string[] = [];
  const endFile = (file: string): void => {
    tests.push(...sinceSummary.map((outcome) => ({ ...outcome, file })));
    sinceSummary = [];
  };
  for await (const event of source) {
    if (event.type === "test:pass" || event.type === "test:fail") {
      if (event.data.details.type !== "suite") sinceSummary.push(outcomeOf(event.type === "test:pass", event.data));
      // A file whose process died has no summary: its own failure, which has its name, is the last that is told of it.
      const died = sinceSummary.at(-1);
      if (died?.outcome === "failed" && died.name === died.file) endFile(died.file);
    } else if (event.type === "test:summary" && event.data.file !== undefined) {
      // A test's own event names the file that called test(), which may be a helper; each file's summary ends its tests.
      endFile(relative(process.cwd(), event.data.file));
    } else if (event.type === "test:diagnostic" && COUNT.test(event.data.message)) {
      summary.push(event.data.message);
    }
  }
  tests.push(...sinceSummary);
  tests.sort((a, b) => compare(a.file, b.file) || compare(a.name, b.name));
  yield `${JSON.stringify({ tests, summary }, null, 1)}\n`;
}

function outcomeOf(passed: boolean, data: { name: string; file?: string; skip?: string | boolean }): Outcome {
  const file = data.file === undefined ? "" : relative(process.cwd(), data.file);
  if (data.skip !== undefined && data.skip !== false) {
    return { name: data.name, file, outcome: "skipped", reason: String(data.skip) };
  }
  return { name: data.name, file, outcome: passed ? "ok" : "failed" };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// The test runner loads a reporter by its default export.
// oxlint-disable-next-line import/no-default-export
export default outcomeReporter;
