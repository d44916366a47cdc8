// A server that repeats the password in its replies is not to bring it into a report, a log or the memory.
import { Pop3Error, type TraceEvent } from "@restante/pop/client";

/** Masking a shorter one would tell it: every "a" a "****". */
const LENGTH_MIN = 4;

export interface Login {
  readonly user: string;
  /** Undefined: there is none to hide. */
  readonly password: string | undefined;
}

/** Hides the password, also as AUTH sends it: by itself, and behind its user in PLAIN (RFC 4616 §2). */
export function masking({ user, password }: Login): (text: string) => string {
  if (password === undefined || password.length < LENGTH_MIN) return (text) => text;
  // The whole of PLAIN first: its end may be that of the password alone.
  const forms = [base64(`\0${user}\0${password}`), password, base64(password)];
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, "****"), text);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** What the server says, masked before it is shown; what is sent the client masks itself. */
export function maskedTrace(trace: (event: TraceEvent) => void, login: Login): (event: TraceEvent) => void {
  const masked = masking(login);
  return (event) => trace(event.line === undefined ? event : { ...event, line: masked(event.line) });
}

/** The same error, its password hidden before anybody sees it. */
export function hidePassword(error: unknown, login: Login): unknown {
  const masked = masking(login);
  for (let one = error; one instanceof Error; one = one.cause) {
    // That of an aborted signal cannot be written, and holds no secret.
    if (masked(one.message) !== one.message) one.message = masked(one.message);
    if (one.stack !== undefined && masked(one.stack) !== one.stack) one.stack = masked(one.stack);
    if (Pop3Error.is(one) && one.serverText !== undefined)
      Object.assign(one, { serverText: masked(one.serverText) } satisfies Partial<Pop3Error>);
  }
  return error;
}
