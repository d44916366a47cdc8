// A remote maildrop as the retriever sees it, whatever generation of POP is spoken there.
import { readFile } from "node:fs/promises";
import {
  connect,
  connectPop1,
  connectPop2,
  DEFAULT_TIMEOUTS,
  type Auth,
  type FamilyOptions,
  type HostMemory,
  type OpeningStep,
  type OutOfStep,
  type PopSession,
  type TlsOptions,
  type TraceEvent,
} from "@restante/pop/client";
import { holdsCertificate, isLoopback, type SourceConfig } from "../../config/index.ts";
import type { Log } from "../../observe/index.ts";
import { FetchError } from "../fetch-error.ts";
import { maskedTrace } from "./masking.ts";

export type RemoteMaildrop = Pick<
  PopSession,
  | "capabilities"
  | "command"
  | "commit"
  | "delete"
  | "hangUp"
  | "headers"
  | "keepAlive"
  | "list"
  | "marked"
  | "messages"
  | "retrieve"
  | "retrieved"
  | "rollback"
  | "tls"
>;

/** A session that goes on for longer is ended; what came is safe, and the next run goes on. */
const SESSION_MS_MAX = 86_400_000;

export interface OpenRemoteOptions {
  readonly password: string | undefined;
  readonly signal: AbortSignal;
  /** The server was seen to lose pipelined commands, not long ago. */
  readonly noPipelining: boolean;
  readonly learnNoPipelining: () => void;
  /** Told when replies may be lost, before it is known, and when one came that nothing was asked for. */
  readonly onOutOfStep?: (why: OutOfStep) => void;
  /** Told when the session is in the clear and the server, which is not this machine, offers TLS. */
  readonly sawTlsOffered?: () => void;
  readonly log: Log;
  readonly trace?: ((event: TraceEvent) => void) | undefined;
  readonly onStep?: (step: OpeningStep) => void;
  /** Nobody is logged in before it resolves; when it rejects, nobody is at all. */
  readonly ready?: Promise<unknown>;
}

/** Connects and logs in. Throws Pop3Error, FetchError `config` for files that cannot be read, and what `ready` rejects with. */
export async function openRemote(source: SourceConfig, o: OpenRemoteOptions): Promise<RemoteMaildrop> {
  const { caFile, certificateFile, keyFile, timeoutMs, pins } = source;
  const tlsOptions: TlsOptions = {
    ...(caFile === undefined ? {} : { ca: await readPem(source, caFile, "certificate") }),
    ...(certificateFile === undefined ? {} : { cert: await readPem(source, certificateFile, "certificate") }),
    ...(keyFile === undefined ? {} : { key: await readPem(source, keyFile, "private key") }),
  };
  const shared = {
    host: source.host,
    port: source.port,
    tlsOptions,
    ...(pins.length === 0 ? {} : { pin: pins }),
    allowCleartextAuth: source.allowCleartext,
    ...(source.proxy === undefined ? {} : { proxy: source.proxy }),
    signal: o.signal,
    timeouts: { totalMs: SESSION_MS_MAX, ...(timeoutMs === undefined ? {} : timeoutsOf(timeoutMs)) },
    log: {
      info: (fields: object, text = "") => o.log.debug(fields as Record<string, unknown>, text),
      warn: (fields: object, text = "") => o.log.warn(fields as Record<string, unknown>, text),
    },
    ...(o.trace === undefined ? {} : { trace: maskedTrace(o.trace, { user: source.user, password: o.password }) }),
  };
  if (source.protocol !== "pop3") {
    await o.ready;
    return openFamily(source, o.password, shared);
  }
  const session = await connect({
    ...shared,
    tls: source.tls,
    ...(source.mailDomain === undefined ? {} : { mailDomain: source.mailDomain }),
    pipelining: source.pipelining,
    hostMemory: memoryOf(o),
    // Every run lists.
    listing: true,
    // What is kept should be the message, not its surrogate (RFC 6858).
    utf8: true,
    ...(o.onStep === undefined ? {} : { onStep: o.onStep }),
    ...(o.onOutOfStep === undefined ? {} : { onOutOfStep: o.onOutOfStep }),
  });
  // RFC 8314 §5: somebody should learn that the source can do better.
  if (session.tls === undefined && session.capabilities.stls && !isLoopback(source.host)) o.sawTlsOffered?.();
  try {
    await o.ready;
    await session.login(authOf(source, o.password));
    return session;
  } catch (error) {
    await session.rollback();
    throw error;
  }
}

/** There are no unique-ids, so a message is its octets, and which of its like it is: the client reads them all to tell. */
function openFamily(
  source: SourceConfig,
  password: string | undefined,
  shared: Omit<FamilyOptions, "auth" | "tls"> & { readonly port: number },
): Promise<PopSession> {
  if (password === undefined) throw new FetchError("config", `${source.name}: ${source.protocol} needs a password`);
  const options = {
    ...shared,
    tls: source.tls === "implicit" ? "implicit" : "none",
    auth: { user: source.user, password },
    ...(source.remoteMailbox === undefined ? {} : { mailbox: source.remoteMailbox }),
    uniqueIds: "octets",
  } as const;
  return source.protocol === "pop2" ? connectPop2(options) : connectPop1(options);
}

/** Also for the connection this very session may go on over. */
function memoryOf({ noPipelining, learnNoPipelining }: OpenRemoteOptions): HostMemory {
  let isBroken = noPipelining;
  return {
    isPipeliningBroken: () => isBroken,
    rememberPipeliningBroken() {
      isBroken = true;
      learnNoPipelining();
    },
  };
}

function authOf(source: SourceConfig, password: string | undefined): Auth {
  if (password === undefined) return { external: true };
  const { user, mechanisms } = source;
  return { user, password, ...(mechanisms === undefined ? {} : { mechanisms }) };
}

/** One number for every silence; who allows a long one allows a slow reply. */
function timeoutsOf(ms: number) {
  const replyMs = Math.max(DEFAULT_TIMEOUTS.replyMs, 2 * ms);
  return { connectMs: ms, greetingMs: ms, commandMs: ms, idleMs: ms, replyMs };
}

const IN_PEM = {
  certificate: holdsCertificate,
  "private key": (pem: string) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem),
} as const;

async function readPem({ name }: SourceConfig, path: string, what: keyof typeof IN_PEM): Promise<string> {
  let pem: string;
  try {
    pem = await readFile(path, "latin1");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const text = `${name}: ${path} cannot be read (${String(code)}); check the path and its mode`;
    throw new FetchError("config", text, { cause });
  }
  // Node takes a file without any for no issuer at all, and says of every certificate that nobody vouches for it.
  if (IN_PEM[what](pem)) return pem;
  throw new FetchError("config", `${name}: ${path} holds no ${what}; name a PEM file with one`);
}
