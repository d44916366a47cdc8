// What an operation says of an input its schema refuses.
import type { z } from "zod";
import { OfficeError } from "../office-error.ts";

/** Of the first thing that is wrong: which part of the input, and what of it. */
export function badInput({ issues: [issue] }: z.core.$ZodError): OfficeError {
  const part = issue?.path.join(".") || "the input";
  return new OfficeError("bad-input", issue === undefined ? `${part} is wrong` : `${part} ${said(issue)}`);
}

function said(issue: z.core.$ZodIssue): string {
  const isText = "origin" in issue && issue.origin === "string";
  if (issue.code === "too_small" && isText) return "is empty; write it, or leave it out";
  if (issue.code === "too_big" && isText) return `is longer than ${issue.maximum} characters; shorten it`;
  return `is wrong: ${issue.message}`;
}
