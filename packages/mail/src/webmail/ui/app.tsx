import { useWords } from "./words/use-words.ts";

export function App(): React.JSX.Element {
  const { say } = useWords();
  return <main>{say("app.loading")}</main>;
}
