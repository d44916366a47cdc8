// The server's words in plain language: what happened, and what to do about it.
import type { NodemailerError } from "nodemailer/lib/errors";
import type { SubmissionFailure, SubmissionTrouble } from "./contract.ts";
import { headerText } from "./header-text.ts";
import { SUBMISSION_LIMITS } from "./limits.ts";

const WORDS: Readonly<Record<SubmissionFailure, string>> = {
  "no-server": "No submission server is set for this address; enter the one of its provider in the settings.",
  unreachable: "The submission server cannot be reached; check its name and port, and that this computer is online.",
  tls: "The connection to the submission server could not be made safe; nothing was sent. Check its name and certificate.",
  "login-refused": "The submission server refused the login; check the user name and password in the settings.",
  "sender-refused": "The submission server does not let this account send from this address; choose another sender.",
  "recipients-refused": "The server does not know a recipient; check the addresses.",
  "ascii-only":
    "The submission server takes no addresses with letters beyond a to z (it has no SMTPUTF8), so nothing was sent; use other addresses, or another server.",
  "seven-bit":
    "The submission server takes no 8-bit text as it stands in the mail that is forwarded whole (it has no 8BITMIME), so nothing was sent; forward it within the text, or use another server.",
  "too-large": "The message is larger than the server takes; send large files another way.",
  "message-refused": "The server refused the message; its words say why.",
  "try-later": "The server asks to try again later; that happens by itself.",
  "maybe-sent":
    "The connection ended while the server was taking the message: it may have been sent. Send it again only if it did not arrive.",
  "half-taken-back":
    "Taking it back ended halfway. It was not sent, and it may be among the drafts already; edit it, or send it again.",
  "our-side":
    "Restante could not read what it sends this message with; its log says what. It tries again by itself. Enter the password of this address anew if that does not help.",
  "gave-up": `No server took it for ${SUBMISSION_LIMITS.giveUpMs / 86_400_000} days, so it is not tried any more.`,
  protocol: "The submission server said something that is no SMTP; check its name and port.",
};

export function troubleOf(code: SubmissionFailure, reply = ""): SubmissionTrouble {
  return { code, reply: headerText(reply).slice(0, 500), words: WORDS[code] };
}

/** Is trying again by itself of any use? */
export function isTransient({ code }: SubmissionTrouble): boolean {
  return code === "try-later" || code === "unreachable" || code === "our-side";
}

const BY_ERROR: Readonly<Record<string, SubmissionFailure>> = {
  EAUTH: "login-refused",
  ENOAUTH: "login-refused",
  EOAUTH2: "login-refused",
  ETLS: "tls",
  EDNS: "unreachable",
  ECONNECTION: "unreachable",
  ETIMEDOUT: "unreachable",
  ESOCKET: "unreachable",
  EPROTOCOL: "protocol",
};

/** TLS mistakes arrive as errors of the socket, with a code of OpenSSL's. */
const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/;

/** What went wrong before the message was given over. */
export function troubleOfError(error: NodemailerError): SubmissionTrouble {
  const reply = error.response ?? "";
  const { responseCode: code, command = "" } = error;
  // A server that refuses STARTTLS does so with a reply of its own.
  if (error.code === "ETLS") return troubleOf("tls", reply);
  if (error.code === "EAUTH" && code !== undefined && code < 500) return troubleOf("try-later", reply);
  if (code !== undefined && error.code !== "EAUTH") return troubleOf(refusal(code, command, reply), reply);
  if (TLS_CODE.test(error.originalCode ?? error.code ?? "")) return troubleOf("tls", error.message);
  return troubleOf(BY_ERROR[error.code ?? ""] ?? "unreachable", reply);
}

function refusal(code: number, command: string, reply: string): SubmissionFailure {
  // RFC 4954 §6: 530 and 535 are about the login, whatever command hears them.
  if (code === 530 || code === 535) return "login-refused";
  if (code < 500) return "try-later";
  if (code === 552 || /\b5\.(?:2\.3|3\.4)\b/.test(reply)) return "too-large";
  if (command.startsWith("MAIL")) return "sender-refused";
  if (command.startsWith("RCPT")) return "recipients-refused";
  return "message-refused";
}
