// What is wrong with a configuration, said so that it can be mended: where, which key, what is wrong, what would be right.

/** Where a value was written. line and column count from 1. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  /** The file as a whole: it is not there, or cannot be read. */
  | { readonly kind: "whole-file"; readonly file: string }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "flag"; readonly flag: string };

export interface Problem {
  readonly origin: Origin;
  /** Dotted, as in the file: `limits.idle`. Empty when the whole file is meant. */
  readonly key: string;
  /** What is wrong; what would be right. */
  readonly text: string;
}

/** A problem of a value (or, with isKey, of a key) before its place is known. */
export interface RawProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly isKey?: boolean;
}

/** `file:line:column: key: what is wrong; what would be right`, one line. */
export function renderProblem(problem: Problem): string {
  return [renderOrigin(problem.origin), problem.key, problem.text].filter((part) => part !== "").join(": ");
}

export function renderOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return "";
    case "file":
      return `${origin.file}:${origin.line}:${origin.column}`;
    case "whole-file":
      return origin.file;
    case "environment":
      return origin.variable;
    case "flag":
      return origin.flag;
  }
}

/** Thrown with every problem found, in the order of the file. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(renderProblem).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}
