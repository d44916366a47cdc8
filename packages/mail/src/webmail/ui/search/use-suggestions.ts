// The suggestions under the search field: when they are there, and which of them the arrows are at. Searching never waits
// for them: with a letter nothing is done but to wait for the hand to rest, and people are asked for once what is sought
// is found.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Address } from "../compose/addresses.ts";
import { SEARCHES } from "../data/lists.ts";
import { mailboxesQuery, sessionQuery } from "../data/queries.ts";
import { completionsQuery } from "../data/writing-queries.ts";
import { SETTLED_MS } from "../parts/when-quiet.ts";
import type { Scope } from "../place/place.ts";
import { type Offer, offersFor, personSought } from "./suggest.ts";

/** Between one look at whether what is sought is found and the next. */
const LOOK_MS = 150;

interface Shown {
  /** Empty while they are closed. */
  readonly offers: readonly Offer[];
  /** Which of them Enter takes; -1: none, and Enter searches. */
  readonly active: number;
}

const CLOSED: Shown = { offers: [], active: -1 };

export interface Suggestions extends Shown {
  /** For what stands in the field now. */
  readonly open: (text: string) => void;
  /** The same, once the hand rests. */
  readonly typed: (text: string) => void;
  readonly close: () => void;
  /** Where a press of an arrow leads; opens them where they are closed. */
  readonly step: (text: string, by: 1 | -1) => void;
}

export function useSuggestions(scope: Scope): Suggestions {
  const client = useQueryClient();
  const [shown, setShown] = useState(CLOSED);
  const waiting = useRef<AbortController>(undefined);
  /** They stay until there are others: those that still fit are offered with the next letter, too. */
  const people = useRef<readonly Address[]>([]);
  useEffect(() => () => waiting.current?.abort(), [scope]);

  /** Whatever was waited for before is not any more. */
  const want = (): AbortSignal => {
    waiting.current?.abort();
    waiting.current = new AbortController();
    return waiting.current.signal;
  };
  const offer = (text: string, isAsked = false): Shown => {
    const signal = want();
    const look = (): readonly Offer[] =>
      offersFor(text, { ...knownOf(client, scope), people: people.current }, { isAsked });
    void peopleOf(client, { scope, sought: personSought(text), signal }).then((found) => {
      if (signal.aborted || found === undefined) return;
      people.current = found;
      setShown(({ offers, active }) => {
        const next = look();
        return { offers: next, active: next.findIndex(({ term }) => term === offers[active]?.term) };
      });
    });
    return { offers: look(), active: -1 };
  };
  return {
    ...shown,
    open: (text) => setShown(offer(text)),
    typed(text) {
      const signal = want();
      if (shown.active >= 0) setShown({ ...shown, active: -1 });
      setTimeout(() => {
        if (!signal.aborted) setShown(offer(text));
      }, SETTLED_MS);
    },
    close() {
      want();
      setShown(CLOSED);
    },
    step(text, by) {
      // Until one is chosen they are those for what stands there now: a fast hand has typed on since they were drawn.
      const { offers, active } = shown.active >= 0 ? shown : offer(text, true);
      // Beyond either end is the field itself. Whoever opens them has not begun to choose.
      const places = offers.length + 1;
      const isOpen = shown.offers.length > 0;
      setShown({ offers, active: isOpen ? ((active + 1 + by + places) % places) - 1 : -1 });
    },
  };
}

/** What is here already: the mailboxes stand beside the list. In the mail of one account there is nothing of another. */
function knownOf(client: QueryClient, scope: Scope) {
  // Of very many accounts only so many are searched together.
  const { accounts = [], together } = client.getQueryData(sessionQuery.queryKey) ?? {};
  return {
    mailboxes: client.getQueryData(mailboxesQuery(scope).queryKey)?.mailboxes ?? [],
    accounts: scope === "all" ? accounts.slice(0, together).map(({ name }) => name) : [],
  };
}

interface Sought {
  readonly scope: Scope;
  readonly sought: string;
  readonly signal: AbortSignal;
}

/** Undefined where nobody is sought, or nobody waits any more. */
async function peopleOf(
  client: QueryClient,
  { scope, sought, signal }: Sought,
): Promise<readonly Address[] | undefined> {
  if (sought === "") return undefined;
  while (client.isFetching({ queryKey: SEARCHES }) > 0 && !signal.aborted) await later();
  if (signal.aborted) return undefined;
  // Nobody misses a suggestion that cannot be had: what is sought says for itself that the server is away.
  const found = await client.fetchQuery(completionsQuery(scope, sought)).catch(() => undefined);
  return found?.addresses;
}

function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
