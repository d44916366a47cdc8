// Mail in and out by hand.
import { PopError } from "@restante/pop/wire";
import { z } from "zod";
import { DeliveryError, deliverStream, type DeliverStreamOptions } from "../../delivery/index.ts";
import { accountNamed } from "./account-named.ts";
import { importRows } from "./import-rows.ts";
import { octets, taking, takingRows, value, type OperationContext } from "./definition.ts";

const name = z.string().min(1).max(1_024);
/** What a store takes as the name of a mailbox. */
const mailboxName = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= 255 && !/\p{Cc}/u.test(text), {
    error: "a mailbox name has 1 to 255 octets and no control characters",
  });

/** What a full mailbox comes to is the operator's policy, the same as over LMTP. */
async function delivered(
  { overQuota }: Pick<OperationContext, "overQuota">,
  options: DeliverStreamOptions & { readonly recipient: string },
): ReturnType<typeof deliverStream> {
  try {
    return await deliverStream(options);
  } catch (error) {
    if (!(error instanceof PopError) || error.code !== "OVER_QUOTA") throw error;
    const text = `the mailbox of ${options.recipient} is over its quota`;
    throw overQuota === "refuse"
      ? new DeliveryError("over-quota", text, { cause: error })
      : new PopError("OVER_QUOTA", text, { cause: error });
  }
}

export const mailOperations = {
  deliver: taking(
    z.strictObject({
      recipient: name,
      sender: z.string().max(1_024).optional(),
      deliveryId: name.optional(),
      mailbox: mailboxName.optional(),
    }),
    (context, { recipient, sender, deliveryId, mailbox }, body) =>
      delivered(context, {
        store: context.sorting.store,
        accounts: context.accounts,
        recipient,
        body,
        octetsMax: context.messageOctetsMax,
        ...(sender === undefined ? {} : { sender }),
        ...(deliveryId === undefined ? {} : { deliveryId }),
        ...(mailbox === undefined ? {} : { mailbox }),
      }),
  ),
  /** The octets are those of ../import-stream.ts; rows are progress, the last one is the summary. */
  import: takingRows(z.strictObject({ name }), (context, input, body) =>
    importRows(context, accountNamed(context, input.name), body),
  ),
  "message.page": value(
    z.strictObject({ name, after: z.int().min(0), limit: z.int().min(1).max(1_000) }),
    (context, { name: of, after, limit }) => context.store.messages(accountNamed(context, of), { after, limit }),
  ),
  "message.octets": octets(z.strictObject({ name, messageId: z.int().min(0) }), (context, input) =>
    context.store.octetsOf(accountNamed(context, input.name), input.messageId),
  ),
};
