// The fields a delivery puts before a message, as octets with CRLF, and nothing else is ever changed in it.
import { writeMailbox, writePath, type Mailbox, type Path } from "./lmtp/path.ts";

/** `Return-Path` (RFC 5321 §4.4), when the sender is known, and `Delivered-To`, when the recipient is. */
export function traceFields(o: {
  readonly reversePath?: Path | undefined;
  readonly deliveredTo?: Mailbox | undefined;
}): Uint8Array {
  const returnPath = o.reversePath === undefined ? "" : `Return-Path: ${writePath(o.reversePath)}\r\n`;
  const deliveredTo = o.deliveredTo === undefined ? "" : `Delivered-To: ${writeMailbox(o.deliveredTo)}\r\n`;
  return Buffer.from(returnPath + deliveredTo, "utf8");
}
