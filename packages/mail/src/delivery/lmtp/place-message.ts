// Places one received message with all its recipients at once, so that the store can commit them together,
// and says of each what to answer as soon as it is known.
import type { Delivered } from "@restante/pop/maildrop";
import type { Mailstore, ReceivedBody } from "../../mailstore/index.ts";
import type { Path } from "./path.ts";
import type { AcceptedRecipient } from "./session.ts";
import { PopError } from "@restante/pop/wire";
import { deliveryIdOf } from "../delivery-id.ts";
import { traceFields } from "../trace-fields.ts";
import { writeMailbox } from "./path.ts";
import { replyToRefusal, type ReplyName } from "./replies.ts";
import type { Received } from "./spool.ts";

export interface Placing {
  readonly store: Pick<Mailstore, "place">;
  readonly received: Received;
  readonly reversePath: Path;
  readonly recipients: readonly AcceptedRecipient[];
  /** What to answer the recipient at `index`; called once for each, in any order. */
  readonly settle: (index: number, reply: ReplyName) => void;
  /** An error that is not the peer's fault. */
  readonly failed: (error: unknown) => void;
}

/** Resolves when every recipient is settled and the octets were let go; never rejects. */
export async function placeMessage(placing: Placing): Promise<void> {
  const { received, recipients } = placing;
  if (received.kind !== "body") {
    if (received.kind === "failed") tellUnlessExpected(placing, received.error);
    const reply = received.kind === "too-big" ? "too-big" : replyToRefusal(codeOf(received.error));
    for (const index of recipients.keys()) placing.settle(index, reply);
    return;
  }
  await Promise.all(deliveries(recipients).map((delivery) => placeOne(placing, received.body, delivery)));
  await received.body.discard().catch(placing.failed);
}

interface Delivery {
  readonly recipient: AcceptedRecipient;
  /** Its places in the order of RCPT: a recipient named twice gets one message and two replies. */
  readonly indexes: readonly number[];
}

function deliveries(recipients: readonly AcceptedRecipient[]): readonly Delivery[] {
  const byAddress = new Map<string, { recipient: AcceptedRecipient; indexes: number[] }>();
  for (const [index, recipient] of recipients.entries()) {
    const known = byAddress.get(writeMailbox(recipient.mailbox));
    if (known === undefined) byAddress.set(writeMailbox(recipient.mailbox), { recipient, indexes: [index] });
    else known.indexes.push(index);
  }
  return [...byAddress.values()];
}

async function placeOne(placing: Placing, body: ReceivedBody, { recipient, indexes }: Delivery): Promise<void> {
  const deliveryId = deliveryIdOf({ head: body.head, recipient: writeMailbox(recipient.mailbox), sha256: body.sha256 });
  let reply: ReplyName;
  try {
    const delivered: Delivered = await placing.store.place(recipient.account, body, {
      prefix: traceFields({ reversePath: placing.reversePath, deliveredTo: recipient.mailbox }),
      ...(deliveryId === undefined ? {} : { deliveryId }),
    });
    reply = delivered.added ? "stored" : "stored-before";
  } catch (error) {
    tellUnlessExpected(placing, error);
    reply = replyToRefusal(codeOf(error));
  }
  for (const index of indexes) placing.settle(index, reply);
}

function codeOf(error: unknown): PopError["code"] | undefined {
  return error instanceof PopError ? error.code : undefined;
}

// A full mailbox and an account removed since RCPT are everyday; everything else the operator should see.
function tellUnlessExpected(placing: Placing, error: unknown): void {
  const code = codeOf(error);
  if (code !== "OVER_QUOTA" && code !== "NO_SUCH_ACCOUNT") placing.failed(error);
}
