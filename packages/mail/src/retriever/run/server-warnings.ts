// What a person should know of a server before trusting it with the only copy.
import type { SourceConfig } from "../../config/index.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { View } from "./look.ts";
import { endpointOf, isSameMailbox } from "../endpoint.ts";
import { removesOnRetr } from "./removes-on-retr.ts";
import { warning, type Warning } from "./warnings.ts";

const DAY_MS = 86_400_000;

export interface ServerWarningFacts {
  readonly source: SourceConfig;
  readonly maildrop: Pick<RemoteMaildrop, "capabilities">;
  readonly facts: SourceFacts;
  readonly view: View;
}

export function serverWarnings(o: ServerWarningFacts): readonly Warning[] {
  return SIGNS.flatMap((sign) => sign(o) ?? []);
}

const SIGNS: readonly ((o: ServerWarningFacts) => Warning | undefined)[] = [
  // RFC 2449 §6.7: EXPIRE 0 means that what was retrieved does not stay.
  ({ maildrop }) => (maildrop.capabilities.expire?.days === 0 ? warning("expire-at-once") : undefined),
  ({ maildrop, source }) => {
    const days = maildrop.capabilities.expire?.days;
    const { keep } = source.server;
    if (typeof days !== "number" || days === 0) return undefined;
    const isLonger = keep === "forever" || keep.ms > days * DAY_MS;
    return isLonger ? warning("expire-sooner", { days }) : undefined;
  },
  ({ facts, view }) => ((removesOnRetr(view, facts) ?? facts.removesOnRetr) ? warning("removes-on-retr") : undefined),
  ({ source }) => (/(?:^|\.)(?:gmail|googlemail)\.com$/i.test(source.host) ? warning("gmail") : undefined),
  ({ maildrop, source }) => {
    const delayMs = (maildrop.capabilities.loginDelay?.seconds ?? 0) * 1_000;
    return delayMs > source.everyMs ? warning("login-delay", { seconds: delayMs / 1_000 }) : undefined;
  },
  ({ facts, source }) => {
    const { endpoint } = facts;
    return isSameMailbox(endpoint, endpointOf(source)) ? undefined : warning("was-elsewhere", { endpoint });
  },
];
