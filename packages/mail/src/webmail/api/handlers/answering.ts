// Two ways in which a message asks to be answered by a machine: leaving a list, and a read receipt. Neither happens by itself.
import { createHash } from "node:crypto";
import {
  buildMessage,
  buildReceipt,
  readMailto,
  receiptText,
  type BuiltMessage,
  type Identity,
} from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import { postOneClick } from "../organising/one-click.ts";
import type { RefusalReason } from "../schema/refusals.ts";
import type { Reading } from "../reading.ts";
import { answeringIdentity } from "../writing/identities.ts";
import type { Some } from "./handler.ts";
import { RECEIPT_SENT } from "./shown.ts";

/** Of whoever asks without words of their own. */
const RECEIPT_WORDS = { subject: "Read: {subject}", text: "Displayed to {address}: {subject}" };

export function answeringHandlers(reading: Reading): Some<"unsubscribe" | "sendReceipt"> {
  const { house } = reading;
  return {
    async unsubscribe({ account, messageId, by }, { signal }) {
      reading.account(account);
      const { unsubscribe } = await reading.read(account, messageId);
      if (by === "one-click") {
        const url =
          unsubscribe?.oneClick ?? refuse("no-one-click", "this message does not offer to leave its list by one click");
        await postOneClick(url, {
          ...(house.imageNetwork === undefined ? {} : { network: house.imageNetwork }),
          signal,
        });
        return { words: "The list was asked to take you off." };
      }
      const link =
        unsubscribe?.mail ?? refuse("no-leaving-by-mail", "this message does not offer to leave its list by mail");
      const { to, subject, body } = readMailto(link);
      const identity = await answering(reading, account, messageId);
      const built = await buildMessage(
        {
          from: { name: identity.name, address: identity.address },
          to: [{ name: "", address: to }],
          cc: [],
          bcc: [],
          subject,
          text: body,
          references: [],
          attachments: [],
          asksForReceipt: false,
        },
        { now: Date.now() },
      );
      await queue(reading, { account, identity, built, subject });
      return { words: `A message to ${to} asks to take you off; it is in the outbox.` };
    },
    async sendReceipt({ account, messageId, words = RECEIPT_WORDS }) {
      reading.account(account);
      const { receiptTo, summary } = await reading.read(account, messageId);
      const to = receiptTo[0] ?? refuse("no-receipt", "this message does not ask for a receipt");
      // Asked of the store: an index may be far behind, and RFC 8098 §2.1 allows one for each recipient.
      const [place] = await house.store.placementsOf(account, [messageId]);
      if (place?.keywords.includes(RECEIPT_SENT) === true)
        refuse("receipt-sent", "a receipt was sent for this message already");
      // RFC 8098 §2.1: several addresses, or a machine's mail, get none without a person's own words.
      if (receiptTo.length > 1 || summary.isAutomatic)
        refuse(
          "receipt-to-several",
          "a receipt would go to several addresses or to a machine; write an answer instead",
        );
      const identity = await answering(reading, account, messageId);
      const from = { name: identity.name, address: identity.address };
      const { subject, id } = summary;
      const built = await buildReceipt({
        from,
        to,
        subject,
        originalId: id,
        now: Date.now(),
        hostName: house.writing.hostName,
        words,
      });
      await onceMarked(reading, { account, messageId }, () =>
        queue(reading, {
          account,
          id: receiptIdOf(messageId),
          identity,
          built,
          subject: receiptText(words.subject, { subject, address: from.address }),
          receiptOf: messageId,
        }),
      );
      await reading.caughtUp(account);
      return {};
    },
  };
}

async function answering(reading: Reading, account: string, messageId: number): Promise<Identity> {
  const message = await reading.read(account, messageId);
  const found = await answeringIdentity(reading, await reading.indexed(account, messageId), message);
  return found ?? refuse("no-address", "this account has no address to write from; add one first");
}

/** Who is killed in between has sent none, and sends none later; marked afterwards, two could go. */
async function onceMarked(
  reading: Reading,
  { account, messageId }: { readonly account: string; readonly messageId: number },
  queueIt: () => Promise<void>,
): Promise<void> {
  const { store, writing } = reading.house;
  await store.setKeywords(account, [messageId], { add: [RECEIPT_SENT] });
  try {
    await queueIt();
  } catch (error) {
    const known = (await writing.outbox.list(account)).find(({ id }) => id === receiptIdOf(messageId));
    // One that somebody has, or may have, was not sent now and is not sent again.
    if (known?.canBeCancelled ?? true) await store.setKeywords(account, [messageId], { remove: [RECEIPT_SENT] });
    throw error;
  }
}

/** Asked for in two windows at once, it is one entry. */
function receiptIdOf(messageId: number): string {
  return createHash("sha256").update(`receipt of ${messageId}`).digest("hex").slice(0, 32);
}

async function queue(
  reading: Reading,
  o: {
    readonly account: string;
    readonly id?: string;
    readonly identity: Identity;
    readonly built: BuiltMessage;
    readonly subject: string;
    readonly receiptOf?: number;
  },
): Promise<void> {
  const { identity, ...rest } = o;
  await reading.house.writing.outbox.queue({ ...rest, identity: identity.address, draft: null });
}

function refuse(reason: RefusalReason, why: string): never {
  throw new ApiError("refused", why, { reason });
}
