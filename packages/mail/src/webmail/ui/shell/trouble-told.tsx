import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { sourcesQuery } from "../data/queries.ts";
import { newsOf, type SourceNews, troublesText } from "../list/source-news.ts";
import { troubleText } from "../words/collect-text.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";

/** Sources that fail together do it within this. */
const TOGETHER_MS = 1_000;

/** Says what stopped sources to whoever does not see it: once for all that fail together, and not again at each check. */
export function TroubleTold(): React.JSX.Element {
  const words = useWords();
  const { data } = useQuery(sourcesQuery);
  const [told, setTold] = useState("");
  const news = (data?.sources ?? []).map(newsOf).filter((one) => one !== null);
  const troubled = news.filter(({ kind }) => kind === "trouble");
  const text = toldOf(words, troubled);
  useEffect(() => {
    const later = setTimeout(() => setTold(text), TOGETHER_MS);
    return () => clearTimeout(later);
  }, [text]);
  return (
    <p className="unseen" role="status">
      {told}
    </p>
  );
}

function toldOf(words: Words, troubled: readonly SourceNews[]): string {
  const { say } = words;
  const [first] = troubled;
  if (first === undefined) return "";
  if (troubled.length > 1) return troublesText(words, troubled);
  // Without the moment of the next try, which would be told anew each minute.
  const { source, trouble } = first.source;
  return say("told.trouble", {
    source,
    text: trouble === null ? say("source.needs-you") : troubleText(words, trouble),
  });
}
