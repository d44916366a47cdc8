// What a session says in words, in each language it can be asked for by LANG (RFC 6856 §3). Status, response codes,
// numbers and keywords are the same in all of them.
import type { ErrorCode } from "../errors.ts";

/** The texts of positive replies. None begins with "[" (RFC 2449 §3) or with what would read as a number. */
export interface ReplyTexts {
  readonly capabilitiesFollow: string;
  readonly sendPassword: string;
  readonly mechanismsFollow: string;
  readonly languagesFollow: string;
  readonly languageChosen: string;
  readonly utf8On: string;
  readonly beginTls: string;
  readonly stillHere: string;
  readonly bye: string;
  /** Behind the octets of a message about to be sent. */
  readonly octets: string;
  deleted(number: number): string;
  /** `2 messages (320 octets)`. */
  drop(count: number, octets: number): string;
  maildropHas(drop: string): string;
}

export interface Language {
  /** RFC 5646. */
  readonly tag: string;
  /** In the language itself. */
  readonly name: string;
  readonly texts: ReplyTexts;
  readonly errors: Readonly<Record<ErrorCode, string>>;
}
