// What a person should know of a server before trusting it with the only copy.
import type { SourceConfig } from "../../config/index.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { View } from "./look.ts";

const DAY_MS = 86_400_000;
const NO_ORDER = "no order of steps is safe against a crash there";

export interface ServerWarningFacts {
  readonly source: SourceConfig;
  readonly maildrop: Pick<RemoteMaildrop, "capabilities">;
  readonly facts: SourceFacts;
  readonly view: View;
}

export function serverWarnings(o: ServerWarningFacts): readonly string[] {
  return WARNINGS.flatMap((warning) => warning(o) ?? []);
}

const WARNINGS: readonly ((o: ServerWarningFacts) => string | undefined)[] = [
  // RFC 2449 §6.7: EXPIRE 0 means that what was retrieved does not stay.
  ({ maildrop }) =>
    maildrop.capabilities.expire?.days === 0
      ? `the server removes messages once they were retrieved (EXPIRE 0): ${NO_ORDER}`
      : undefined,
  ({ maildrop, source }) => {
    const days = maildrop.capabilities.expire?.days;
    const { keep } = source.server;
    if (typeof days !== "number" || days === 0) return undefined;
    const isLonger = keep === "forever" || keep.ms > days * DAY_MS;
    return isLonger
      ? `the server itself removes messages after ${days} days (EXPIRE), sooner than server.keep says`
      : undefined;
  },
  ({ facts }) =>
    facts.removesOnRetr
      ? `messages were gone after they had only been retrieved: the server removes on RETR; ${NO_ORDER}`
      : undefined,
  ({ source }) =>
    /(?:^|\.)(?:gmail|googlemail)\.com$/i.test(source.host)
      ? "Gmail hides a message from POP once it was retrieved, and gives about 250 a session; its own settings say what becomes of it then"
      : undefined,
  ({ maildrop, source }) => {
    const delayMs = (maildrop.capabilities.loginDelay?.seconds ?? 0) * 1_000;
    return delayMs > source.everyMs
      ? `the server wants ${delayMs / 1_000} seconds between logins: the daemon waits so long`
      : undefined;
  },
  ({ facts, source }) => {
    const endpoint = `${source.user}@${source.host}:${source.port}`;
    return facts.endpoint === endpoint
      ? undefined
      : `this source was ${facts.endpoint} before; what is known of it is kept`;
  },
];
