import { Search, X } from "lucide-react";
import { useRef, useState } from "react";
import { useCommands } from "../keys/commands.tsx";
import type { Place, Scope } from "../place/place.ts";
import { goToList } from "../shell/panes.ts";
import { useWords } from "../words/use-words.ts";
import { useSearch } from "./use-search.ts";
import "./search-field.css";

const QUERY_MAX = 1_000;

/** Drawn once: with the first letter nothing is to be made that could be there before. */
const CROSS = <X size={16} aria-hidden />;

export function SearchField({ place, scope }: { readonly place: Place; readonly scope: Scope }): React.JSX.Element {
  const { say } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const search = useSearch(place, scope);
  const asked = place.screen === "mail" && place.list.kind === "search" ? place.list.q : "";
  const [typed, setTyped] = useState({ at: place, text: asked });
  // What stands in the address wins: "back", a chip taken away, a link, whatever was gone to before an answer came.
  const text = typed.at === place || typed.text.trim() === asked ? typed.text : asked;
  useCommands({
    search: () => {
      field.current?.focus();
      field.current?.select();
    },
  });

  const type = (value: string): void => {
    setTyped({ at: place, text: value });
    search.type(value);
  };
  const clear = (): void => {
    setTyped({ at: place, text: "" });
    search.leave();
  };
  const cleared = (): void => {
    clear();
    // The button is gone, and what had the focus with it.
    field.current?.focus();
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
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            search.submit(text);
            goToList();
          }
          if (event.key !== "Escape") return;
          event.preventDefault();
          if (text === "") goToList();
          clear();
        }}
      />
      <button type="button" className="icon-button clear" aria-label={say("search.clear")} onClick={cleared}>
        {CROSS}
      </button>
    </search>
  );
}
