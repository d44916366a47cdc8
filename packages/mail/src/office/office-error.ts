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

/** A key of the configuration whose file is not what it must be. */
export type CertificateKey = "tls.certificate" | "tls.key" | "tls.key_passphrase";

/** Tells which key it is about, so that who knows the configuration can say where it was written. */
export class CertificateError extends OfficeError {
  readonly key: CertificateKey;
  /** The message without the key. */
  readonly text: string;
  constructor(key: CertificateKey, text: string, options?: { readonly cause?: unknown }) {
    super("certificate", `${key}: ${text}`, options);
    this.name = "CertificateError";
    this.key = key;
    this.text = text;
  }
}
