import { useEffect, useState } from "react";
import type { Understood } from "../data/lists.ts";

const RESTING_MS = 700;

/** `is:un` is no mistake while it is typed on: what was not understood is told once the query stands still. */
export function useToldProblems(problems: Understood["problems"] = []): Understood["problems"] {
  const texts = problems.map((problem) => JSON.stringify(problem));
  const standing = texts.join("\n");
  const [told, setTold] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setTold(standing), RESTING_MS);
    return () => clearTimeout(timer);
  }, [standing]);
  const toldTexts = told.split("\n");
  return problems.filter((_problem, at) => toldTexts.includes(texts[at] ?? ""));
}
