// The states of an LMTP session and every way from one to another (RFC 5321 §4.1.4, RFC 2033 §4).

/** greeting: before LHLO. ready: no transaction. mail: MAIL was accepted. recipients: at least one RCPT too. */
export type LmtpState = "greeting" | "ready" | "mail" | "recipients" | "data" | "delivering" | "closed";

export type Trigger = "lhlo" | "mail" | "recipient" | "reset" | "data" | "data-ended" | "delivered" | "closed";

export const TRANSITIONS: Readonly<Record<LmtpState, Partial<Record<Trigger, LmtpState>>>> = {
  greeting: { lhlo: "ready", reset: "greeting", closed: "closed" },
  ready: { lhlo: "ready", mail: "mail", reset: "ready", closed: "closed" },
  mail: { lhlo: "ready", recipient: "recipients", reset: "ready", closed: "closed" },
  // RFC 2033 §4.2: DATA needs a recipient that got its 250.
  recipients: { lhlo: "ready", recipient: "recipients", reset: "ready", data: "data", closed: "closed" },
  data: { "data-ended": "delivering", closed: "closed" },
  delivering: { delivered: "ready", closed: "closed" },
  closed: {},
};
