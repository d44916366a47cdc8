import { Search, X } from "lucide-react";
import { type KeyboardEvent, useLayoutEffect, useRef } from "react";
import { useCommands } from "../keys/commands.tsx";
import type { Place, Scope } from "../place/place.ts";
import { goToList } from "../shell/panes.ts";
import { useLatest } from "../shell/use-latest.ts";
import { useWords } from "../words/use-words.ts";
import { useSearch } from "./use-search.ts";
import type { Offer } from "./suggest.ts";
import { suggestionId, SuggestionList, SUGGESTIONS_ID } from "./suggestion-list.tsx";
import { useSuggestions } from "./use-suggestions.ts";
import "./search-field.css";

const QUERY_MAX = 1_000;

/** Drawn once: with the first letter nothing is to be made that could be there before. */
const GLASS = <Search size={16} aria-hidden />;
const CROSS = <X size={16} aria-hidden />;

export function SearchField({ place, scope }: { readonly place: Place; readonly scope: Scope }): React.JSX.Element {
  const { say } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const search = useSearch(place, scope);
  const asked = place.screen === "mail" && place.list.kind === "search" ? place.list.q : "";
  // What is typed is the browser's to write: the field is not drawn for a letter. What stands in the address wins: "back", a
  // chip taken away, a link, whatever was gone to before an answer came. Text typed before the program was there stays.
  const shown = useRef(place);
  useLayoutEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    if (field.current === null) return;
    const { value } = field.current;
    // Written even where it stands there: React tells of what is typed next when it is not what was written last.
    if (value === asked || value.trim() !== asked) field.current.value = asked;
  }, [place, asked]);
  const suggestions = useSuggestions(scope);
  const { offers, active } = suggestions;
  const isOpen = offers.length > 0;
  useCommands({
    search: () => {
      field.current?.focus();
      field.current?.select();
    },
  });

  const typed = (): string => field.current?.value ?? "";
  const write = (value: string): void => {
    if (field.current !== null) field.current.value = value;
  };
  const type = (value: string): void => {
    search.type(value);
    suggestions.typed(value);
  };
  const take = useLatest(({ query }: Offer) => {
    write(query);
    type(query);
    // Nobody types on at once: what is chosen next is there at once.
    suggestions.open(query);
  });
  const clear = (): void => {
    write("");
    search.leave();
  };
  const cleared = (): void => {
    clear();
    // The button is gone, and what had the focus with it.
    field.current?.focus();
    suggestions.open("");
  };
  const pressed = (event: KeyboardEvent): void => {
    const { key } = event;
    const offer = offers[active];
    // What is being composed has keys of its own.
    if (event.nativeEvent.isComposing) return;
    if (key === "ArrowDown" || key === "ArrowUp") suggestions.step(typed(), key === "ArrowDown" ? 1 : -1);
    else if (key === "Escape") {
      // Those that are due would come once it is over, below what they are not meant for.
      suggestions.close();
      if (!isOpen) {
        if (typed() === "") goToList();
        clear();
      }
    } else if (key === "Enter" && offer !== undefined) take(offer);
    else if (key === "Enter") {
      suggestions.close();
      search.submit(typed());
      goToList();
      return;
    } else return;
    event.preventDefault();
  };
  return (
    <search className="search-field">
      {GLASS}
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? SUGGESTIONS_ID : undefined}
        aria-activedescendant={suggestionId(active)}
        inputMode="search"
        defaultValue={asked}
        maxLength={QUERY_MAX}
        dir="auto"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        aria-label={say("search.label")}
        placeholder={say("search.placeholder")}
        onChange={(event) => type(event.target.value)}
        onFocus={() => suggestions.open(typed())}
        onBlur={suggestions.close}
        onKeyDown={pressed}
      />
      <button type="button" className="icon-button clear" aria-label={say("search.clear")} onClick={cleared}>
        {CROSS}
      </button>
      {isOpen ? <SuggestionList offers={offers} active={active} onTake={take} /> : null}
    </search>
  );
}
