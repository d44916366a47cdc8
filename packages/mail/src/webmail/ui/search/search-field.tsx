import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { KEYS } from "../data/queries.ts";
import { useCommands } from "../keys/commands.tsx";
import { INBOX, type MailPlace, type Place, type Scope } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { goToList } from "../shell/panes.ts";
import { useWords } from "../words/use-words.ts";
import "./search-field.css";

/** While an answer is on its way, the next letters are gathered for this long: nobody reads what a fast hand goes past. */
const GATHER_MS = 100;
const QUERY_MAX = 1_000;

/** Searches as one types. The first letter leaves the list, so "back" returns to it; the others replace one another. */
export function SearchField({ place, scope }: { readonly place: Place; readonly scope: Scope }): React.JSX.Element {
  const { say } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const asked = place.screen === "mail" && place.list.kind === "search" ? place.list.q : "";
  const [text, setText] = useState(asked);
  const left = useRef<Place>(INBOX);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const client = useQueryClient();
  // What stands in the address wins: "back", a chip taken away, a link.
  const [askedBefore, setAskedBefore] = useState(asked);
  if (asked !== askedBefore) {
    setAskedBefore(asked);
    if (asked.trim() !== text.trim()) setText(asked);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  useCommands({
    search: () => {
      field.current?.focus();
      field.current?.select();
    },
  });

  const isSearching = place.screen === "mail" && place.list.kind === "search";
  const ask = (q: string): void => {
    if (q.trim() === "") {
      if (isSearching) go(left.current);
      return;
    }
    if (!isSearching) left.current = place;
    const order = isSearching ? place.list.order : "newest";
    const to: MailPlace = { screen: "mail", scope, list: { kind: "search", q: q.trim(), order }, open: null };
    go(to, isSearching ? "replace" : "push");
  };
  const typed = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    const isUnderWay = isSearching && client.isFetching({ queryKey: KEYS.lists }) > 0;
    timer.current = setTimeout(() => ask(value), isUnderWay ? GATHER_MS : 0);
  };
  const clear = (): void => {
    clearTimeout(timer.current);
    setText("");
    if (isSearching) go(left.current);
  };
  return (
    <search className="search-field">
      <Search size={16} aria-hidden />
      <input
        ref={field}
        type="search"
        value={text}
        maxLength={QUERY_MAX}
        dir="auto"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        aria-label={say("search.label")}
        placeholder={say("search.placeholder")}
        title={say("search.help")}
        onChange={(event) => typed(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            clearTimeout(timer.current);
            ask(text);
            goToList();
          }
          if (event.key !== "Escape") return;
          event.preventDefault();
          if (text === "") goToList();
          clear();
        }}
      />
      {text === "" ? null : (
        <button type="button" className="icon-button" aria-label={say("search.clear")} onClick={clear}>
          <X size={16} aria-hidden />
        </button>
      )}
    </search>
  );
}
