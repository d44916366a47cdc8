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
  if (url?.protocol !== "mailto:")
    throw new SubmissionError("bad-address", "that is no link to a mail address", { address: link.slice(0, 80) });
  const [first = ""] = url.pathname.split(",");
  const fields = fieldsOf(url.search);
  return {
    to: envelopeAddress(decoded(first)),
    subject: headerText(fields.get("subject") ?? "") || "unsubscribe",
    body: (fields.get("body") ?? "").replace(/\r\n?/g, "\n").slice(0, BODY_CHARACTERS_MAX),
  };
}

/** By their names in lower case, the first of each. RFC 6068 §5: unlike in a form, a plus sign is a plus sign. */
function fieldsOf(query: string): ReadonlyMap<string, string> {
  const fields = [...new URLSearchParams(query.replaceAll("+", "%2B"))];
  return new Map(fields.reverse().map(([name, text]) => [name.toLowerCase(), text]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
