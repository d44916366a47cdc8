// One message from a stream into an account: `restante deliver`, and each message of an import.
import type { Delivered } from "@restante/pop/maildrop";
import type { Accounts } from "../accounts/index.ts";
import type { BodyWriter, Mailstore, PlaceOptions, ReceivedBody } from "../mailstore/index.ts";
import { findAccount, readAddress } from "./addresses.ts";
import { DeliveryError } from "./delivery-error.ts";
import { traceFields } from "./trace-fields.ts";

type Octets = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface DeliverStreamOptions {
  readonly store: Pick<Mailstore, "newBody" | "place">;
  readonly body: Octets;
  /** The store's name of the account; or `recipient` with `accounts`. */
  readonly account?: string;
  /** An address or a login; looked up in `accounts`. */
  readonly recipient?: string;
  readonly accounts?: Pick<Accounts, "recipient">;
  /** `deliver -f`: becomes a Return-Path field; `<>` or an empty string is the sender of a bounce. Without it nothing is put before the message. */
  readonly sender?: string;
  /** `deliver --id`: a second delivery with the same id, recipient and octets is the first one again. */
  readonly deliveryId?: string;
  readonly mailbox?: string;
  /** Milliseconds since the epoch; now unless given. */
  readonly receivedAt?: number;
  readonly keywords?: readonly string[];
  /** Octets; a larger message is refused with DeliveryError `message-too-big`. */
  readonly octetsMax?: number;
  readonly signal?: AbortSignal;
}

/** Resolves when the message is durable. Throws DeliveryError, PopError of the store, what the stream throws, or the signal's reason. */
export async function deliverStream(o: DeliverStreamOptions): Promise<Delivered> {
  const account = accountOf(o);
  const prefix = traceFields({ reversePath: o.sender === undefined ? undefined : readAddress(o.sender) });
  const body = await receive(o);
  try {
    return await o.store.place(account, body, placeOptions(o, prefix));
  } finally {
    await body.discard();
  }
}

/** Takes a whole stream in; nothing of it is left when that fails. */
export async function receive(
  o: Pick<DeliverStreamOptions, "store" | "body" | "octetsMax" | "signal">,
): Promise<ReceivedBody> {
  const writer = o.store.newBody();
  try {
    await copy(o, writer);
    return await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function copy(o: Pick<DeliverStreamOptions, "body" | "octetsMax" | "signal">, writer: BodyWriter): Promise<void> {
  let octets = 0;
  for await (const chunk of o.body) {
    o.signal?.throwIfAborted();
    octets += chunk.length;
    if (octets > (o.octetsMax ?? Infinity))
      throw new DeliveryError("message-too-big", `the message is larger than ${o.octetsMax} octets`);
    await writer.write(chunk);
  }
}

function accountOf({ account, recipient, accounts }: DeliverStreamOptions): string {
  if (account !== undefined) return account;
  if (recipient === undefined || accounts === undefined)
    throw new Error("deliverStream needs an account, or a recipient and accounts");
  return findAccount(accounts, recipient).account;
}

/** As over LMTP, two addresses of one account are two deliveries, though a queue gives them one id. */
function idOfGiven(given: string, recipient: string | undefined): string {
  return recipient === undefined ? given : JSON.stringify(["given", given, recipient]);
}

function placeOptions(o: DeliverStreamOptions, prefix: Uint8Array): PlaceOptions {
  return {
    ...(prefix.length === 0 ? {} : { prefix }),
    ...(o.deliveryId === undefined ? {} : { deliveryId: idOfGiven(o.deliveryId, o.recipient) }),
    ...(o.mailbox === undefined ? {} : { mailbox: o.mailbox }),
    ...(o.receivedAt === undefined ? {} : { receivedAt: o.receivedAt }),
    ...(o.keywords === undefined ? {} : { keywords: o.keywords }),
  };
}
