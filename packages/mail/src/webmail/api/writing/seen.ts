// What a person saw of a message: every body that is shown, as text and, where it is HTML, made harmless.
import { ReadingError, type MessageBody, type ReadMessage, type TextBlock } from "../../../message/index.ts";
import type { Reading } from "../reading.ts";

export interface Seen {
  readonly blocks: readonly TextBlock[];
  /** Undefined for a body that is shown as text. */
  readonly html: string | undefined;
  /** Nothing of the body is left out. */
  readonly isWhole: boolean;
}

/** Each is rebuilt on its own; of a message with more the rest is not quoted. */
const HTML_BODIES_MAX = 10;

export async function seenOf(
  reading: Reading,
  o: Pick<Rebuilding, "account" | "messageId" | "signal"> & { readonly message: ReadMessage },
): Promise<readonly Seen[]> {
  const { bodies } = o.message;
  const html = bodies.filter(({ kind }) => kind === "html");
  const seen: Seen[] = [];
  for (const body of bodies) {
    if (body.kind === "text") seen.push({ blocks: body.blocks, html: undefined, isWhole: !body.isCut });
    if (body.kind !== "html") continue;
    if (html.indexOf(body) >= HTML_BODIES_MAX) seen.push({ blocks: [], html: undefined, isWhole: false });
    else seen.push(await rebuilt(reading, { ...o, body }));
  }
  return seen;
}

interface Rebuilding {
  readonly account: string;
  readonly messageId: number;
  readonly body: Extract<MessageBody, { kind: "html" }>;
  /** Of whoever waits for it. */
  readonly signal: AbortSignal;
}

/** From the tree that was made harmless: what its sender wrote beside it as plain text was shown to nobody. */
async function rebuilt(reading: Reading, { body, signal, ...place }: Rebuilding): Promise<Seen> {
  try {
    const { html, blocks, isCut } = await reading.octets.lend(
      place,
      (octets) => reading.house.mail.quote(octets, body.part),
      signal,
    );
    return { blocks, html, isWhole: !isCut && !body.isTooLarge };
  } catch (error) {
    // What is only not to be had now would be quoted worse, and nobody would know.
    if (!(error instanceof ReadingError)) throw error;
    reading.house.log.warn({ error, messageId: place.messageId }, "a message could not be quoted as HTML");
    return { blocks: body.text, html: undefined, isWhole: false };
  }
}
