// Refusals of the office that a person reads: each code is a kind of trouble, each text says what to do.

/** Codes are stable, texts are not. */
export type OfficeErrorCode =
  | "owned" // another process owns the data directory
  | "port-taken"
  | "port-forbidden"
  | "cannot-listen"
  | "certificate"
  | "data-directory"
  | "no-store"
  | "not-running" // only a running post office can do this
  | "no-answer" // one is running and does not answer
  | "unknown-operation"
  | "no-web" // no listener for the reader
  | "bad-input"
  | "no-such-account"
  | "no-such-session"
  | "refused" // accounts or store refused, with a reason for the person
  | "internal";

export class OfficeError extends Error {
  readonly code: OfficeErrorCode;
  constructor(code: OfficeErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "OfficeError";
    this.code = code;
  }
}

/** Tells which key it is about, so that who knows the configuration can say where it was written. */
export class CertificateError extends OfficeError {
  /** Of the configuration, with its place in a list: `tls.sni.0.key`. */
  readonly place: string;
  /** As people write it: `tls.sni.key`. */
  readonly key: string;
  /** The message without the key. */
  readonly text: string;
  constructor(place: string, text: string, options?: { readonly cause?: unknown }) {
    const key = place.replace(/^tls\.sni\.\d+/, "tls.sni");
    super("certificate", `${key}: ${text}`, options);
    this.name = "CertificateError";
    this.place = place;
    this.key = key;
    this.text = text;
  }
}
