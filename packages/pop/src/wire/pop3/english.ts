import { ERRORS, type ErrorCode } from "../errors.ts";
import type { Language } from "./language.ts";

const errors = Object.fromEntries(Object.entries(ERRORS).map(([code, { reply }]) => [code, reply]));

/** ASCII throughout: what is said before a client chose a language. */
export const ENGLISH: Language = {
  tag: "en",
  name: "English",
  texts: {
    capabilitiesFollow: "capability list follows",
    sendPassword: "send the password",
    mechanismsFollow: "mechanisms follow",
    languagesFollow: "languages follow",
    languageChosen: "English it is",
    utf8On: "UTF8 is on",
    beginTls: "begin TLS now",
    stillHere: "still here",
    bye: "bye",
    octets: "octets",
    deleted: (number) => `message ${number} deleted`,
    drop: (count, octets) => `${count} ${count === 1 ? "message" : "messages"} (${octets} octets)`,
    maildropHas: (drop) => `maildrop has ${drop}`,
  },
  errors: errors as Readonly<Record<ErrorCode, string>>,
};
