// Every handler, by the name of its route.
import type { Reading } from "../reading.ts";
import type { RouteName } from "../schema/index.ts";
import { actHandlers } from "./acts.ts";
import type { Handlers } from "./handler.ts";
import { listHandlers } from "./lists.ts";
import { messageHandlers } from "./message.ts";
import { serverMailboxHandlers } from "./server-mailbox.ts";
import { settingsHandlers } from "./settings.ts";
import { sourceHandlers } from "./sources.ts";

export type { Handlers } from "./handler.ts";

export function openHandlers(reading: Reading): Handlers {
  return {
    ...listHandlers(reading),
    ...messageHandlers(reading),
    ...actHandlers(reading),
    ...settingsHandlers(reading),
    ...sourceHandlers(reading),
    ...serverMailboxHandlers(reading),
  };
}

const REMOTE: ReadonlySet<RouteName> = new Set([
  "discoverSource",
  "testSource",
  "addSource",
  "changeSource",
  "removeSource",
  "serverMailbox",
  "downloadFromServer",
  "planRemoval",
  "removeFromServer",
  "answerSource",
]);

/** It talks to a mail server, which may take its time. */
export function isRemote(name: RouteName): boolean {
  return REMOTE.has(name);
}
