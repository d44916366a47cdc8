// A session's replies in the language its client chose; until it chose one, English in ASCII (RFC 6856 §3).
import { ERRORS, type ErrorCode } from "../errors.ts";
import { okLine, refusalLine, utf8Octets } from "../reply.ts";
import { ENGLISH } from "./english.ts";
import type { ReplyTexts } from "./language.ts";
import type { ServerSession } from "./server-session.ts";

type Speaker = Pick<ServerSession, "language">;

export function textsOf({ language }: Speaker): ReplyTexts {
  return (language ?? ENGLISH).texts;
}

/** A positive reply of one line. */
export function say({ language }: Speaker, text: string): string {
  return okLine(text, language === undefined ? "ascii" : "utf-8");
}

/** The -ERR line of a code. */
export function refusal({ language }: Speaker, code: ErrorCode): string {
  const { responseCode }: { readonly reply: string; readonly responseCode?: string } = ERRORS[code];
  const text = (language ?? ENGLISH).errors[code];
  return refusalLine({ responseCode, text }, language === undefined ? "ascii" : "utf-8");
}

/** The word for octets in RETR's and TOP's reply, for the driver, which writes octets and no text. */
export function octetsWord(session: Speaker): { readonly octetsWord?: string } {
  return session.language === undefined ? {} : { octetsWord: utf8Octets(textsOf(session).octets, 0) };
}
