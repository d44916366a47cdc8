// POP2's replies: one line each, told apart by its first octet (RFC 937 "Replies").
import { ERRORS, type ErrorCode } from "../errors.ts";
import { printable } from "../reply.ts";

const LINE_END = "\r\n";

/** `+ POP2 host text`: nothing but one space before the name, and a host that begins with a letter. */
export function greeting(hostName: string): string {
  const host = /^[A-Za-z][A-Za-z0-9.-]*$/.test(hostName) ? hostName : "localhost";
  return line("+ ", `POP2 ${host} ready`);
}

export function success(text: string): string {
  return line("+ ", text);
}

export function failure(code: ErrorCode): string {
  return line("- ", ERRORS[code].reply);
}

/** Messages in a mailbox. The summary calls it +NNN once; everything else in RFC 937 says #. */
export function count(messages: number): string {
  return line("#", `${messages} ${messages === 1 ? "message" : "messages"}`);
}

/** Octets of a message, or 0 for none. */
export function length(octets: number): string {
  return line("=", octets === 0 ? "0 no such message" : `${octets} octets`);
}

function line(first: string, text: string): string {
  return `${first}${printable(text, first.length + LINE_END.length)}${LINE_END}`;
}
