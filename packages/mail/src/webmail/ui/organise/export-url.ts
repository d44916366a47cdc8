import type { ActedOn } from "../acts/target.ts";

export type ExportFormat = "mbox" | "zip";

/** The API exports this many messages by id in one file. */
const IDS_MAX = 1_000;

interface Exported {
  readonly account: string;
  readonly format: ExportFormat;
  readonly mailbox: string;
}

export function exportUrl({ account, format, mailbox }: Exported): string {
  return `/api/export?${new URLSearchParams({ account, format, mailbox }).toString()}`;
}

/** Of what is chosen; undefined when that is of several accounts, or too much. */
export function selectionUrl({ refs, wholes }: ActedOn, format: ExportFormat): string | undefined {
  const [first] = refs;
  if (
    first === undefined ||
    wholes.length > 0 ||
    refs.length > IDS_MAX ||
    refs.some(({ account }) => account !== first.account)
  )
    return undefined;
  const ids = refs.map(({ messageId }) => messageId).join(",");
  return `/api/export?${new URLSearchParams({ account: first.account, format, ids }).toString()}`;
}
