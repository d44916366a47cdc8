// Every handler, by the name of its route.
import type { Reading } from "../reading.ts";
import { actHandlers } from "./acts.ts";
import { answeringHandlers } from "./answering.ts";
import type { Handlers } from "./handler.ts";
import { identityHandlers } from "./identities.ts";
import { listHandlers } from "./lists.ts";
import { messageHandlers } from "./message.ts";
import { labelHandlers, mailboxHandlers } from "./organising.ts";
import { ruleHandlers } from "./rules.ts";
import { serverMailboxHandlers } from "./server-mailbox.ts";
import { settingsHandlers } from "./settings.ts";
import { sourceHandlers } from "./sources.ts";
import { undoHandlers } from "./undo.ts";
import { writingHandlers } from "./writing.ts";

export type { Handlers } from "./handler.ts";

export function openHandlers(reading: Reading): Handlers {
  return {
    ...listHandlers(reading),
    ...messageHandlers(reading),
    ...actHandlers(reading),
    ...undoHandlers(reading),
    ...settingsHandlers(reading),
    ...sourceHandlers(reading),
    ...serverMailboxHandlers(reading),
    ...identityHandlers(reading),
    ...writingHandlers(reading),
    ...mailboxHandlers(reading),
    ...labelHandlers(reading),
    ...ruleHandlers(reading),
    ...answeringHandlers(reading),
  };
}
