// What a run came to, for a person: what arrived, what stayed and why, what failed, and what to do about it.
import { renderOctets } from "../../../observe/index.ts";
import type { SourceReport } from "../../../retriever/index.ts";

const FAILURES_TOLD = 10;

/** Lines for standard output; the first stands for all. */
export function summaryOf(report: SourceReport): readonly string[] {
  const { source, error, stayed, failed, questions, advice } = report;
  const told = failed.slice(0, FAILURES_TOLD);
  return [
    error === undefined
      ? `${source}: ${outcome(report)}`
      : `${named(source, error.message)}${isTold(report) ? `; ${outcome(report)}` : ""}`,
    ...stayed.map(({ messages, why }) => `  stayed  ${messages}: ${why}`),
    ...told.map(({ uniqueId, why, quarantined }) => `  ${quarantined ? "QUARANTINED" : "FAILED"}  ${uniqueId}: ${why}`),
    ...(failed.length > told.length ? [`  FAILED  ${failed.length - told.length} more; --json lists them`] : []),
    ...questions.map(({ text }) => `  ASKS    ${text}`),
    ...advice.map(({ text }) => `  do      ${text}`),
  ];
}

/** Errors that are also told alone name the source themselves. */
function named(source: string, message: string): string {
  return message.startsWith(`${source}: `) ? message : `${source}: ${message}`;
}

/** Of a run that went wrong before it did anything its error is all there is to tell. */
function isTold({ error, listed, arrived, headersOnly, alreadyHere, removed, unconfirmed }: SourceReport): boolean {
  if (error?.code === "stopped") return listed > 0;
  return arrived.messages + headersOnly + alreadyHere + removed + unconfirmed > 0;
}

function outcome(report: SourceReport): string {
  const { arrived, headersOnly, alreadyHere, removed, unconfirmed, failed, listed } = report;
  const stayed = report.stayed.reduce((sum, { messages }) => sum + messages, 0);
  const parts = [
    `${arrived.messages} arrived${arrived.messages === 0 ? "" : ` (${renderOctets(arrived.octets)})`}`,
    ...(headersOnly === 0 ? [] : [`${headersOnly} as headers only`]),
    ...(alreadyHere === 0 ? [] : [`${alreadyHere} here already`]),
    ...(removed === 0 ? [] : [`${removed} removed there`]),
    ...(unconfirmed === 0 ? [] : [`${unconfirmed} to be removed there, not confirmed`]),
    ...(stayed === 0 ? [] : [`${stayed} stayed there`]),
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
  ];
  return listed === 0 ? "no mail there." : `${parts.join(", ")}.`;
}
