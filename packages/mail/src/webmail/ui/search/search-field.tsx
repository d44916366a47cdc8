import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useCommands } from "../keys/commands.tsx";
import { INBOX, type MailPlace, type Place, type Scope } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { goToList } from "../shell/panes.ts";
import { useWords } from "../words/use-words.ts";
import "./search-field.css";

/** The server is asked at once, and again this much later at the soonest: nobody reads what a fast hand goes past. */
const ASK_EVERY_MS = 100;
const QUERY_MAX = 1_000;

/** Searches as one types. The first letter leaves the list, so "back" returns to it; the others replace one another. */
export function SearchField({ place, scope }: { readonly place: Place; readonly scope: Scope }): React.JSX.Element {
  const { say } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const asked = place.screen === "mail" && place.list.kind === "search" ? place.list.q : "";
  const [text, setText] = useState(asked);
  const left = useRef<Place>(INBOX);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const askedAt = useRef(Number.NEGATIVE_INFINITY);
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
    const waitMs = Math.max(0, askedAt.current + ASK_EVERY_MS - performance.now());
    timer.current = setTimeout(() => {
      askedAt.current = performance.now();
      ask(value);
    }, waitMs);
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
