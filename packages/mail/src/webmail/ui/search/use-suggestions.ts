// The suggestions under the search field: when they are there, and which of them the arrows are at. Searching never waits
// for them: people are asked for once a hand rests and what it sought is found, and what is offered is drawn behind what
// is typed.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { SEARCHES } from "../data/lists.ts";
import { mailboxesQuery, sessionQuery } from "../data/queries.ts";
import { completionsQuery } from "../data/writing-queries.ts";
import type { Scope } from "../place/place.ts";
import { type Known, type Offer, offersFor, personSought } from "./suggest.ts";

/** A fast hand is past what would be answered sooner. */
const REST_MS = 150;

export interface Suggestions {
  /** Empty while they are closed. */
  readonly offers: readonly Offer[];
  /** Which of them Enter takes; -1: none, and Enter searches. */
  readonly active: number;
  readonly isOpen: boolean;
  /** The field got the focus, or something was typed. */
  readonly open: () => void;
  readonly close: () => void;
  /** Where a press of an arrow leads; opens them where they are closed. */
  readonly step: (by: 1 | -1) => void;
}

export function useSuggestions(text: string, scope: Scope): Suggestions {
  const [opened, setOpened] = useState<"no" | "typing" | "asked">("no");
  const [active, setActive] = useState(-1);
  const drawn = useDeferredValue(text);
  const known = useKnown(drawn, scope, opened !== "no");
  const offers = opened === "no" ? [] : offersFor(drawn, known, { isAsked: opened === "asked" });
  const set = (to: typeof opened): void => {
    setOpened(to);
    setActive(-1);
  };
  return {
    offers,
    active: active < offers.length ? active : -1,
    isOpen: offers.length > 0,
    open: () => set("typing"),
    close: () => set("no"),
    step(by) {
      if (offers.length === 0) return set("asked");
      // Beyond either end is the field itself.
      const places = offers.length + 1;
      setActive(((active + 1 + by + places) % places) - 1);
    },
  };
}

function useKnown(text: string, scope: Scope, isWanted: boolean): Known {
  const sought = personSought(text);
  const client = useQueryClient();
  const [person, setPerson] = useState("");
  useEffect(() => {
    const timer = setInterval(() => {
      if (client.isFetching({ queryKey: SEARCHES }) > 0) return;
      clearInterval(timer);
      setPerson(sought);
    }, REST_MS);
    return () => clearInterval(timer);
  }, [client, sought]);
  const people = useQuery({ ...completionsQuery(scope, person), enabled: isWanted && person !== "" });
  const mailboxes = useQuery({ ...mailboxesQuery(scope), enabled: isWanted });
  const session = useQuery({ ...sessionQuery, enabled: isWanted });
  return {
    people: people.data?.addresses ?? [],
    mailboxes: mailboxes.data?.mailboxes ?? [],
    accounts: session.data?.accounts.map(({ name }) => name) ?? [],
  };
}
