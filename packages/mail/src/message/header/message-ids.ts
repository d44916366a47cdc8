import { MESSAGE_ID_CHARACTERS_MAX } from "../limits.ts";
import type { Header } from "../mime/header.ts";

const TOKEN = new RegExp(`<([^<>\\s\\u0000-\\u001f\\u007f-\\u009f]{1,${MESSAGE_ID_CHARACTERS_MAX}})>`, "g");
/** Kept of a long conversation: its first message and its nearest ones. */
const NEAREST_KEPT = 20;

/** Message identifiers in `value`, without their angle brackets. What is not a plain token is not one. */
function identifiersIn(value: string): readonly string[] {
  return Array.from(value.matchAll(TOKEN), (match) => match[1] ?? "");
}

export function messageId(header: Header): string | undefined {
  return identifiersIn(header.raw("message-id"))[0];
}

/** The messages this one answers, nearest last: the first of References, its last twenty, and In-Reply-To. */
export function references(header: Header): readonly string[] {
  const own = messageId(header);
  const all = identifiersIn(header.raw("references"));
  const answered = identifiersIn(header.raw("in-reply-to"))[0];
  const kept = all.length > NEAREST_KEPT + 1 ? [...all.slice(0, 1), ...all.slice(-NEAREST_KEPT)] : all;
  const nearest = answered === undefined || kept.includes(answered) ? kept : [...kept, answered];
  return [...new Set(nearest)].filter((identifier) => identifier !== own);
}
