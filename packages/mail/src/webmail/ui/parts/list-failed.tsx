import { CloudAlert } from "lucide-react";
import { refusalText } from "../data/refusal-text.ts";
import { useWords } from "../words/use-words.ts";
import { Button } from "./button.tsx";
import { Note } from "./note.tsx";

interface ListFailedProps {
  readonly error: Error;
  readonly isPending?: boolean;
  readonly onRetry: () => void;
}

/** In the place of a list that did not come. */
export function ListFailed({ error, isPending = false, onRetry }: ListFailedProps): React.JSX.Element {
  const words = useWords();
  return (
    <Note icon={CloudAlert} title={words.say("list.failed")} more={refusalText(words, error)} role="alert">
      <Button isPending={isPending} onPress={onRetry}>
        {words.say("app.again")}
      </Button>
    </Note>
  );
}
