// A mailto: link (RFC 6068) of somebody else's making: one recipient, a subject and a text; whatever else it asks is left out.
import { envelopeAddress } from "./addresses.ts";
import { SubmissionError } from "./contract.ts";
import { headerText } from "./header-text.ts";

export interface Mailto {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

const BODY_CHARACTERS_MAX = 1_000;

/** Throws SubmissionError `bad-address`. */
export function readMailto(link: string): Mailto {
  const url = URL.parse(link);
  if (url?.protocol !== "mailto:") throw new SubmissionError("bad-address", "that is no link to a mail address");
  const [first = ""] = url.pathname.split(",");
  return {
    to: envelopeAddress(decoded(first)),
    subject: headerText(url.searchParams.get("subject") ?? "") || "unsubscribe",
    body: (url.searchParams.get("body") ?? "").replace(/\r\n?/g, "\n").slice(0, BODY_CHARACTERS_MAX),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
