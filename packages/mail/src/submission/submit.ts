// One attempt to hand a message to a submission server. The final dot is sent only after `beforeLastDot` resolved:
// whoever was cut off before it knows that nothing was taken.
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { NodemailerError } from "nodemailer/lib/errors";
import { isAscii } from "./addresses.ts";
import type { Envelope, SubmissionServer, SubmissionTrouble } from "./contract.ts";
import { troubleOf, troubleOfError } from "./failure-words.ts";
import { SUBMISSION_LIMITS } from "./limits.ts";

export interface Attempt {
  readonly server: SubmissionServer;
  readonly envelope: Envelope;
  readonly octets: Uint8Array;
  /** Greets the server as this. */
  readonly name: string;
  /** PEM; only for servers whose certificate no public authority signed. */
  readonly ca?: string;
  readonly signal: AbortSignal;
  readonly beforeLastDot: () => Promise<void>;
}

export interface RefusedRecipient {
  readonly address: string;
  readonly reply: string;
  readonly isForGood: boolean;
}

export type AttemptOutcome =
  /** 250 was heard. */
  | { readonly kind: "taken"; readonly reply: string; readonly refused: readonly RefusedRecipient[] }
  | { readonly kind: "refused"; readonly trouble: SubmissionTrouble; readonly refused: readonly RefusedRecipient[] }
  /** Cut off after the final dot: nobody knows. */
  | { readonly kind: "unknown" };

const CHUNK_OCTETS = 65_536;

/** Never rejects for what the server does. Rejects when `signal` is aborted before the final dot, or `beforeLastDot` fails. */
export async function submit(attempt: Attempt): Promise<AttemptOutcome> {
  const connection = connectionTo(attempt);
  const progress: Progress = { mayEnd: false };
  const cut = (): void => connection.close();
  // Not AbortSignal.timeout: Node 20 forgets it when AbortSignal.any alone holds it and memory is collected.
  const deadline = setTimeout(cut, SUBMISSION_LIMITS.attemptMs);
  attempt.signal.addEventListener("abort", cut, { once: true });
  try {
    attempt.signal.throwIfAborted();
    await opened(connection);
    const takesUtf8 = announces(connection, "SMTPUTF8");
    const takesEightBit = announces(connection, "8BITMIME");
    await loggedIn(connection, attempt.server);
    if (!takesUtf8 && needsSmtpUtf8(attempt)) {
      connection.quit();
      return { kind: "refused", trouble: troubleOf("ascii-only"), refused: beyondAscii(attempt.envelope) };
    }
    if (!takesEightBit && needsEightBit(attempt)) {
      connection.quit();
      return { kind: "refused", trouble: troubleOf("seven-bit"), refused: [] };
    }
    const info = await sent(connection, attempt, progress);
    connection.quit();
    return { kind: "taken", reply: info.response, refused: refusedOf(info.rejectedErrors) };
  } catch (error) {
    connection.close();
    const failure = error as NodemailerError;
    // A reply after the dot is an answer; silence after it is none.
    if (progress.mayEnd && failure.responseCode === undefined) return { kind: "unknown" };
    if (attempt.signal.aborted) throw error;
    if (failure instanceof StoreError) throw failure.cause;
    return { kind: "refused", trouble: troubleOfError(failure), refused: refusedOf(failure.rejectedErrors) };
  } finally {
    clearTimeout(deadline);
    attempt.signal.removeEventListener("abort", cut);
  }
}

/** Connects and logs in; sends nothing. Undefined when all is well. */
export async function testServer(
  o: Pick<Attempt, "server" | "name" | "ca" | "signal">,
): Promise<SubmissionTrouble | undefined> {
  const connection = connectionTo(o);
  const cut = (): void => connection.close();
  o.signal.addEventListener("abort", cut, { once: true });
  try {
    o.signal.throwIfAborted();
    await opened(connection);
    await loggedIn(connection, o.server);
    connection.quit();
    return undefined;
  } catch (error) {
    connection.close();
    return troubleOfError(error as NodemailerError);
  } finally {
    o.signal.removeEventListener("abort", cut);
  }
}

/** How far an attempt is. */
interface Progress {
  /** The final dot may have been sent. */
  mayEnd: boolean;
}

/** What our own side could not do in the middle of an attempt. */
class StoreError extends Error {}

function connectionTo({ server, name, ca }: Pick<Attempt, "server" | "name" | "ca">): SMTPConnection {
  return new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.tls === "implicit",
    requireTLS: server.tls === "starttls",
    ignoreTLS: server.tls === "none",
    name,
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    allowInternalNetworkInterfaces: true,
    connectionTimeout: SUBMISSION_LIMITS.connectMs,
    greetingTimeout: SUBMISSION_LIMITS.greetingMs,
    socketTimeout: SUBMISSION_LIMITS.silenceMs,
    maxResponseSize: CHUNK_OCTETS,
  });
}

function opened(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    rejectAtEnd(connection, reject);
    connection.connect((error) => (error === undefined ? resolve() : reject(error)));
  });
}

/** Whoever waits learns of the end, which nodemailer tells the connection and not always who asked; no error ends the process. */
function rejectAtEnd(connection: SMTPConnection, reject: (error: Error) => void): void {
  connection.on("error", reject);
  connection.once("end", () => reject(Object.assign(new Error("the connection ended"), { code: "ECONNECTION" })));
}

/** Read from the answer to the last EHLO, so before anything else is asked. */
function announces({ lastServerResponse }: SMTPConnection, keyword: "SMTPUTF8" | "8BITMIME"): boolean {
  return new RegExp(`^250[ -]${keyword}\\b`, "im").test(String(lastServerResponse));
}

/**
 * RFC 6531 §3.4: an address or a header beyond ASCII goes to no server that does not say it takes them. Asked before MAIL,
 * so that nobody gets what others do not.
 */
function needsSmtpUtf8({ envelope, octets }: Attempt): boolean {
  const end = Buffer.from(octets.buffer, octets.byteOffset, octets.length).indexOf("\r\n\r\n");
  const header = octets.subarray(0, end < 0 ? octets.length : end);
  return ![envelope.from, ...envelope.to].every(isAscii) || header.some((octet) => octet > 127);
}

/** RFC 6152 §3: nor does an octet beyond 127 go to one that does not say it takes them. */
function needsEightBit({ octets }: Pick<Attempt, "octets">): boolean {
  return octets.some((octet) => octet > 127);
}

function beyondAscii({ to }: Envelope): readonly RefusedRecipient[] {
  return to.filter((address) => !isAscii(address)).map((address) => ({ address, reply: "", isForGood: true }));
}

async function loggedIn(connection: SMTPConnection, { auth, tls }: SubmissionServer): Promise<void> {
  if (auth === undefined) return;
  if (tls !== "none" && !connection.secure)
    throw Object.assign(new Error("the connection is not safe"), { code: "ETLS" });
  const how =
    auth.kind === "xoauth2"
      ? { method: "XOAUTH2", credentials: { user: auth.user }, oauth2: bearer(auth.user, await auth.token()) }
      : { method: auth.kind.toUpperCase(), credentials: { user: auth.user, pass: auth.password } };
  await new Promise<void>((resolve, reject) => {
    rejectAtEnd(connection, reject);
    connection.login(how as never, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** What nodemailer asks of its own token source, answered with the token we were given. */
function bearer(user: string, token: string) {
  const line = `user=${user}\u0001auth=Bearer ${token}\u0001\u0001`;
  return {
    getToken: (_renew: boolean, done: (error: Error | null, token: string) => void) => done(null, token),
    buildXOAuth2Token: () => Buffer.from(line).toString("base64"),
  };
}

function sent(
  connection: SMTPConnection,
  { envelope, octets, beforeLastDot }: Attempt,
  progress: Progress,
): Promise<{ readonly response: string; readonly rejectedErrors?: NodemailerError[] | undefined }> {
  return new Promise((resolve, reject) => {
    const body = Readable.from(chunksThen(octets, beforeLastDot, progress));
    // What is left of a body is nobody's once the attempt has its answer: nodemailer lets it go on when a server answers early.
    const fail = (error: Error): void => {
      body.destroy();
      reject(error);
    };
    body.once("error", (error) => {
      fail(new StoreError("what is on its way could not be written down", { cause: error }));
      connection.close();
    });
    rejectAtEnd(connection, fail);
    const use8BitMime = needsEightBit({ octets });
    const { from } = envelope;
    connection.send(
      { from: from === "" ? false : from, to: [...envelope.to], size: octets.length, use8BitMime },
      body,
      (error, info) => {
        if (error !== null) fail(error);
        else if (progress.mayEnd) resolve(info);
        // RFC 5321 §3.3: what is said before the end of the data accepts nothing.
        else fail(Object.assign(new Error("the server answered before the end of the message"), { code: "EPROTOCOL" }));
      },
    );
  });
}

async function* chunksThen(
  octets: Uint8Array,
  beforeLastDot: () => Promise<void>,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += CHUNK_OCTETS) yield octets.subarray(at, at + CHUNK_OCTETS);
  await beforeLastDot();
  progress.mayEnd = true;
}

function refusedOf(errors: readonly NodemailerError[] | undefined): readonly RefusedRecipient[] {
  return (errors ?? []).map((error) => ({
    address: error.recipient ?? "",
    reply: troubleOf("recipients-refused", error.response ?? error.message).reply,
    isForGood: (error.responseCode ?? 0) >= 500,
  }));
}
