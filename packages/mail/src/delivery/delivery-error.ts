// Refusals of a delivery from a program's hand.

/** A refusal of delivery's own; everything else comes from the store as PopError. */
export class DeliveryError extends Error {
  /** over-quota: by the operator's policy a full mailbox is told to the sender. */
  readonly code: "no-such-user" | "not-our-domain" | "bad-address" | "message-too-big" | "over-quota";
  constructor(code: DeliveryError["code"], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "DeliveryError";
    this.code = code;
  }
}
