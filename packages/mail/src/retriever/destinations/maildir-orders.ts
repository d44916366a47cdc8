// What the thread of a Maildir is asked, and what it answers. Plain data: it crosses a message port.

/** `file` is a path in tmp. */
export type MaildirOrder =
  /** More octets at its end; it is made with the first. */
  | { readonly kind: "write"; readonly file: string; readonly octets: Uint8Array }
  /** CRLF for every LF of it, for a message that needs its CRLFs. Answered with how many octets it has then. */
  | { readonly kind: "with-crlf"; readonly file: string }
  /** Its last octets; then it is synced, renamed to `to`, and the name made durable. */
  | { readonly kind: "enter"; readonly file: string; readonly octets: Uint8Array; readonly to: string }
  /** The same octets are there under their name: that is made durable, and the file goes. */
  | { readonly kind: "known"; readonly file: string }
  /** Nothing of it stays. Safe when it is not there. */
  | { readonly kind: "discard"; readonly file: string };

export interface NumberedOrder {
  readonly id: number;
  readonly order: MaildirOrder;
}

/** An error of the system, as it crosses. */
export interface OrderFailure {
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}

export interface OrderAnswer {
  readonly id: number;
  readonly octets: number;
  readonly failure: OrderFailure | undefined;
}

/** Answers come a group at a time; a step only where somebody watches, who then lets the thread go on. */
export type MaildirReport =
  | { readonly kind: "answers"; readonly answers: readonly OrderAnswer[] }
  | { readonly kind: "step"; readonly step: string };

export interface MaildirThreadData {
  /** Where whole messages are. */
  readonly inbox: string;
  /** Set where every step is watched, one message at a time: counts up when the thread may go on. */
  readonly gate: Int32Array | undefined;
}
