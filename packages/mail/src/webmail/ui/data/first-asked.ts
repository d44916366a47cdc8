import type { QueryClient } from "@tanstack/react-query";
import { forgetEarly } from "./early.ts";
import { firstScreenOf } from "./first-screen.ts";
import { listQuery } from "./lists.ts";
import { mailboxesQuery, sessionQuery, settingsQuery } from "./queries.ts";

/**
 * Asks for what the first screen shows before any of it is drawn: drawing keeps the page busy for longer than the server
 * needs to answer. What fails here is asked for again, and told, by whoever shows it.
 */
export async function askFirst(client: QueryClient, fragment: string): Promise<void> {
  await ask(client, fragment).finally(forgetEarly);
}

async function ask(client: QueryClient, fragment: string): Promise<void> {
  const asked = [client.ensureQueryData(sessionQuery), client.ensureQueryData(settingsQuery)] as const;
  const [session, settings] = await Promise.all(asked);
  const { opens } = session;
  const first = firstScreenOf(fragment, { opens, conversations: settings.conversations });
  if (first === undefined) return;
  await Promise.all([
    client.prefetchInfiniteQuery(listQuery(first.question)),
    client.prefetchQuery(mailboxesQuery(first.scope)),
  ]);
}
