// Input that is not of the form a route takes. It is said in our own words: those of the checker are for programmers, and in
// one language.
import type { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { RefusalReason, RefusalValues } from "./schema/refusals.ts";

type Issue = z.core.$ZodIssue;

interface Told {
  readonly says: string;
  readonly reason: RefusalReason;
  readonly values?: RefusalValues;
}

/** `input` as the schema takes it. Throws ApiError `bad-request`. */
export function checked<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.map(String).join(".").slice(0, 100) ?? "";
  const { says, reason, values } = toldOf(issue);
  throw new ApiError("bad-request", `${where === "" ? "the input" : where} ${says}`, {
    reason,
    ...(values === undefined ? {} : { values }),
  });
}

function toldOf(issue: Issue | undefined): Told {
  if (issue?.code === "too_big" && issue.origin === "string") {
    const max = Number(issue.maximum);
    return { says: `has more than ${max} characters`, reason: "too-long", values: { max } };
  }
  if (issue?.code === "too_big" && issue.origin === "array") {
    const max = Number(issue.maximum);
    return { says: `has more than ${max} entries`, reason: "too-many", values: { max } };
  }
  const named: unknown = issue?.code === "custom" ? issue.params?.["reason"] : undefined;
  return CUSTOM.find(({ reason }) => reason === named) ?? WRONG;
}

const WRONG: Told = { says: "is not of the form it has to have", reason: "wrong-input" };

/** What a schema checks with code of its own, by the `reason` in its params. */
const CUSTOM: readonly Told[] = [
  { says: "has more than 255 octets", reason: "mailbox-name-too-long" },
  { says: "has control characters", reason: "mailbox-name-controls" },
];
