import type { QueryClient } from "@tanstack/react-query";
import { INBOX, parsePlace } from "../place/place.ts";
import { questionOf } from "./list-question.ts";
import { listQuery } from "./lists.ts";
import { mailboxesQuery, sessionQuery, settingsQuery } from "./queries.ts";

/**
 * Asks for what the first screen shows before any of it is drawn: drawing keeps the page busy for longer than the server
 * needs to answer. What fails here is asked for again, and told, by whoever shows it.
 */
export async function askFirst(client: QueryClient, fragment: string): Promise<void> {
  const asked = [client.ensureQueryData(sessionQuery), client.ensureQueryData(settingsQuery)] as const;
  const [session, settings] = await Promise.all(asked);
  const place = fragment.length < 2 ? { ...INBOX, scope: session.opens } : parsePlace(fragment);
  if (place.screen !== "mail") return;
  await Promise.all([
    client.prefetchInfiniteQuery(listQuery(questionOf(place, settings))),
    client.prefetchQuery(mailboxesQuery(place.scope)),
  ]);
}
