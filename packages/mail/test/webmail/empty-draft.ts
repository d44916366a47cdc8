import type { DraftFields } from "../../src/webmail/api/schema/index.ts";

/** A draft of the demo account nobody has written anything into. */
export const EMPTY_DRAFT: DraftFields = {
  from: "demo@localhost",
  to: [],
  cc: [],
  bcc: [],
  subject: "",
  text: "",
  html: null,
  inReplyTo: null,
  references: [],
  answers: null,
  asksForReceipt: false,
};
