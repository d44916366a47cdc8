// An import as rows: progress now and then, the summary at the end.
import { setTimeout as sleep } from "node:timers/promises";
import { importMail, type ImportProgress, type ImportSummary } from "../../delivery/index.ts";
import { decodeSource } from "../import-stream.ts";
import type { OperationContext } from "./definition.ts";

const PROGRESS_MS = 250;

export type ImportRow = { readonly progress: ImportProgress } | { readonly summary: ImportSummary };

/** Whoever stops reading the rows ends the import; what was brought in stays. */
export async function* importRows(
  context: OperationContext,
  account: string,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<ImportRow> {
  const { source, abandon } = await decodeSource(stream);
  const ending = new AbortController();
  let latest: ImportProgress | undefined;
  const newBody: typeof context.store.newBody = () => {
    try {
      return context.store.newBody();
    } catch (error) {
      abandon();
      throw error;
    }
  };
  const importing = importMail({
    store: { newBody, place: (...placed) => context.store.place(...placed) },
    account,
    source,
    octetsMax: context.messageOctetsMax,
    signal: ending.signal,
    onProgress: (progress) => {
      latest = progress;
    },
  });
  const settled = importing.then(
    () => true,
    () => true,
  );
  try {
    while (!(await Promise.race([settled, sleep(PROGRESS_MS, false, { ref: false })]))) {
      if (latest !== undefined) yield { progress: latest };
    }
    yield { summary: await importing };
  } finally {
    ending.abort(new Error("the command that imported has ended"));
    await settled;
  }
}
