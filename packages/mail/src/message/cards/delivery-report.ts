// Reports about a message: whether it was delivered (RFC 3464) or read (RFC 8098), as plain words.
import type { DeliveryReport } from "../contract.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { REPORT_RECIPIENTS_MAX, SMALL_PART_OCTETS_MAX } from "../limits.ts";
import { decodeText, firstOf } from "../mime/charset.ts";
import { decodeWords } from "../mime/header.ts";

export function deliveryReport(octets: Uint8Array, mediaType: string): DeliveryReport {
  const groups = fieldGroups(decodeText(firstOf(octets, SMALL_PART_OCTETS_MAX), undefined));
  if (mediaType.includes("disposition-notification")) {
    const recipients = groups.slice(0, 1).map((fields) => ({
      address: address(fields, "final-recipient", "original-recipient"),
      // RFC 8098 §3.2.6: `manual-action/MDN-sent-manually; displayed`.
      action: text((fields.get("disposition") ?? "").split(";").at(-1) ?? "").toLowerCase(),
      status: "",
      words: text(fields.get("error") ?? fields.get("failure") ?? fields.get("warning") ?? ""),
    }));
    return { kind: "read-receipt", recipients };
  }
  // RFC 3464 §2.1: the first group is about the message, each other one about a recipient.
  const recipients = groups
    .filter((fields) => fields.has("final-recipient") || fields.has("original-recipient") || fields.has("action"))
    .slice(0, REPORT_RECIPIENTS_MAX)
    .map((fields) => ({
      address: address(fields, "original-recipient", "final-recipient"),
      action: text(fields.get("action") ?? "").toLowerCase(),
      status: text(fields.get("status") ?? ""),
      words: text((fields.get("diagnostic-code") ?? "").replace(/^[\w-]+\s*;/, "")),
    }));
  return { kind: "delivery", recipients };
}

function fieldGroups(text: string): readonly ReadonlyMap<string, string>[] {
  return text
    .replace(/\r\n/g, "\n")
    .split(/\n[ \t]*\n/)
    .map((group) => {
      const fields = new Map<string, string>();
      for (const line of group.replace(/\n(?=[ \t])/g, "").split("\n")) {
        const colon = line.indexOf(":");
        const name = line.slice(0, colon).trim().toLowerCase();
        if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
      }
      return fields;
    })
    .filter((fields) => fields.size > 0);
}

/** `rfc822; name@domain.example` without its type. */
function address(fields: ReadonlyMap<string, string>, ...names: readonly string[]): string {
  const value = names.map((name) => fields.get(name)).find((found) => found !== undefined) ?? "";
  return text(value.slice(value.indexOf(";") + 1)).replace(/^<(.*)>$/, "$1");
}

function text(value: string): string {
  return safeHeaderText(decodeWords(value));
}
