// A real SMTP server (smtp-server) that a test tells how to answer. Keeps every message it acknowledged.
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import type { Readable } from "node:stream";
import { callbackify } from "node:util";
import { SMTPServer, type SMTPServerEnvelope, type SMTPServerOptions } from "smtp-server";
import type { Undoing } from "../temporary-directory.ts";

export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly octets: Buffer;
  readonly user: string | undefined;
}

export interface SmtpPeer {
  readonly port: number;
  readonly taken: Taken[];
  /** Attempts that reached DATA. */
  attempts: number;
}

export interface SmtpPeerOptions {
  /** An answer to RCPT; undefined takes it. */
  readonly onRecipient?: (address: string) => string | undefined;
  /** An answer to the final dot; undefined takes the message. */
  readonly onMessage?: (attempt: number) => string | undefined | Promise<string | undefined>;
  /** Said when the first octets of a message come, before the connection is closed; empty closes alone, undefined goes on. */
  readonly onFirstOctets?: (attempt: number) => string | undefined;
  readonly password?: string;
  /** What XOAUTH2 must bring; then it is the only mechanism. */
  readonly token?: () => string;
  readonly smtp?: SMTPServerOptions;
}

/** On 127.0.0.1, without TLS unless `smtp` says otherwise. */
export async function smtpPeer(context: Undoing, o: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = { port: 0, taken: [] as Taken[], attempts: 0 };
  const answer = async (
    stream: Readable,
    { mailFrom, rcptTo }: SMTPServerEnvelope,
    user: string | undefined,
  ): Promise<string | undefined> => {
    const octets = await read(stream);
    const refused = await o.onMessage?.(peer.attempts);
    if (refused !== undefined) return refused;
    const from = mailFrom === false ? "" : mailFrom.address;
    peer.taken.push({ from, to: rcptTo.map(({ address }) => address), octets, user });
    return undefined;
  };
  let newest: Socket | undefined;
  const server = new SMTPServer({
    authOptional: o.password === undefined && o.token === undefined,
    ...(o.token === undefined ? {} : { authMethods: ["XOAUTH2"] }),
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onAuth: (auth, _session, done) =>
      auth.method === "XOAUTH2"
        ? // What a provider says in its own JSON, before the client gives up with 535.
          done(null, auth.accessToken === o.token?.() ? { user: auth.username ?? "" } : { data: { status: "401" } })
        : auth.password === o.password
          ? done(null, { user: auth.username ?? "" })
          : done(refusal("535 5.7.8 wrong password")),
    onRcptTo: ({ address }, _session, done) => {
      const answer = o.onRecipient?.(address);
      done(answer === undefined ? null : refusal(answer));
    },
    onData: (stream, session, done) => {
      peer.attempts += 1;
      const last = o.onFirstOctets?.(peer.attempts);
      if (last !== undefined) {
        stream.once("data", () => newest?.end(last));
        return;
      }
      callbackify(answer)(stream, session.envelope, session.user, (error, refused) =>
        done(error ?? (refused === undefined ? null : refusal(refused))),
      );
    },
    ...o.smtp,
  });
  server.on("error", () => undefined); // A client that goes away is part of these tests.
  server.server.on("connection", (socket: Socket) => (newest = socket));
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  context.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  peer.port = (server.server.address() as AddressInfo).port;
  return peer;
}

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** "550 5.1.1 no such user" as the server's own error. */
function refusal(answer: string): Error {
  const [code = "", ...words] = answer.split(" ");
  return Object.assign(new Error(words.join(" ")), { responseCode: Number(code) });
}
