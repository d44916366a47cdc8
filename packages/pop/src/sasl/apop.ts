// APOP (RFC 1939 §7), a login command that is no SASL mechanism: the digest of a timestamp and the password.
import { createHash, randomBytes } from "node:crypto";
import type { Apop } from "./client-contract.ts";

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const dotAtom = `${atom}(?:\\.${atom})*`;
/** A msg-id (RFC 822 §4.1) in ASCII. The known attack on APOP sends octets of its own making in the timestamp. */
const messageId = new RegExp(`^<${dotAtom}@(?:${dotAtom}|\\[[!-Z^-~]+\\])>$`);

/** A msg-id that was never made before, by any process: for APOP's greeting and CRAM-MD5's challenge. */
export function makeTimestamp(hostName: string): string {
  const host = messageId.test(`<x@${hostName}>`) ? hostName : "localhost";
  return `<${randomBytes(12).toString("hex")}.${Date.now()}@${host}>`;
}

/** What a client needs of APOP. */
export const APOP: Apop = {
  timestampOf(greeting) {
    return greeting.match(/<[^<>]*>/g)?.find((candidate) => messageId.test(candidate));
  },
  digest(timestamp, password) {
    return createHash("md5")
      .update(timestamp + password, "utf8")
      .digest("hex");
  },
};
