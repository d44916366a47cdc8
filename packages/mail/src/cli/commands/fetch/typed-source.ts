// A source typed as a URL, for a trial or a script: the same table as in the file, made from the command line.
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { parsePopUrl, Pop3Error, type PopUrl } from "@restante/pop/client";
import { isLoopback } from "../../../config/index.ts";
import { otherPlacesOf } from "../../../retriever/index.ts";
import { isSet, text, texts, type OptionValues } from "../../command.ts";
import { CliError } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { mechanismOf } from "../url-mechanism.ts";

export interface TypedSource {
  readonly url: string;
  readonly name: string;
  /** Those of the URLs that lead to the same mailbox. */
  readonly otherNames: readonly string[];
  /** For error messages. */
  readonly shown: string;
  /** As it would stand in the file. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** Throws CliError `usage`. */
export function typedSource(url: string, values: OptionValues, io: Io): TypedSource {
  const parsed = readUrl(url);
  const { host, port, user } = parsed;
  if (user === undefined) throw new CliError("usage", "the URL names no user: write pops://USER@HOST");
  const [account, maildir, keep] = [text(values, "account"), text(values, "maildir"), text(values, "keep")];
  if (account === undefined && maildir === undefined) {
    throw new CliError("usage", "say where the mail of the URL goes: --account NAME, or --maildir DIR");
  }
  const pins = texts(values, "pin");
  const mechanism = mechanismOf(parsed);
  const value = {
    host,
    port,
    user,
    password: password(values, io),
    ...(mechanism !== undefined && { auth: { mechanisms: [mechanism] } }),
    ...security(parsed, { allowsCleartext: isSet(values, "allow-cleartext"), isPinned: pins.length > 0 }),
    ...(pins.length > 0 && { pin: [...pins] }),
    ...(account !== undefined && { account }),
    ...(maildir !== undefined && { deliver: [{ to: `maildir:${resolve(maildir)}` }] }),
    ...(keep !== undefined && { server: { keep } }),
  };
  return {
    url,
    name: nameOf(parsed),
    otherNames: otherPlacesOf(parsed).map(nameOf),
    shown: "the URL's options",
    value,
  };
}

/** Of letters and digits alone, and of names with dots alone: where both are, no other mailbox has the same name. */
const PLAIN_LOGIN = /^[A-Za-z0-9]+$/;
const PLAIN_HOST = /^[A-Za-z0-9.]+$/;
const NAME_LENGTH_MAX = 64;
const DIGEST_LENGTH = 12;

/**
 * The same URL is the same source at every run, and no other is: what was collected is remembered under this name. Where
 * too much of it must be left out, part of a digest tells it from the others.
 */
function nameOf({ user = "", host, port }: PopUrl): string {
  const whole = `${user}-${host}-${port}`;
  const readable = whole.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-/, "");
  if (PLAIN_LOGIN.test(user) && PLAIN_HOST.test(host) && readable.length <= NAME_LENGTH_MAX) return readable;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, DIGEST_LENGTH);
  return `${readable.slice(0, NAME_LENGTH_MAX - DIGEST_LENGTH - 1)}-${digest}`;
}

function readUrl(url: string): PopUrl {
  try {
    const parsed = parsePopUrl(url);
    if (parsed.generation === undefined) return parsed;
    const message = `a source of ${parsed.generation} is written into the file by hand, with protocol = "${parsed.generation}"`;
    throw new CliError("usage", message);
  } catch (error) {
    if (!Pop3Error.is(error, "CONFIG")) throw error;
    throw new CliError("usage", `${error.message}; write pops://USER@HOST, with %40 for an @ inside the user`);
  }
}

function security(
  { host, implicitTls }: PopUrl,
  o: { readonly allowsCleartext: boolean; readonly isPinned: boolean },
): Readonly<Record<string, unknown>> {
  if (implicitTls) return { tls: "implicit" };
  if (o.isPinned) return { tls: "stls-required" };
  if (o.allowsCleartext) return { tls: "stls-if-offered", allow_cleartext: true };
  return { tls: isLoopback(host) ? "none" : "stls-required" };
}

function password(values: OptionValues, io: Io): Readonly<Record<string, unknown>> {
  const command = text(values, "password-command");
  if (command !== undefined) return { command: ["/bin/sh", "-c", command] };
  const given = io.env["RESTANTE_POP_PASSWORD"];
  return given !== undefined && given !== "" ? { env: "RESTANTE_POP_PASSWORD" } : { prompt: true };
}
