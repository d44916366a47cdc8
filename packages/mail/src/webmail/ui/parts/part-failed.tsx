import { TriangleAlert } from "lucide-react";
import { useWords } from "../words/use-words.ts";
import { Button } from "./button.tsx";
import { Note } from "./note.tsx";

interface PartFailedProps {
  readonly again: () => void;
}

/** In the place of a screen that did not come. */
export function PartFailed({ again }: PartFailedProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <Note icon={TriangleAlert} title={say("app.part-failed")} role="alert">
      <Button kind="primary" onPress={again}>
        {say("app.again")}
      </Button>
      <Button onPress={() => window.location.reload()}>{say("app.reload")}</Button>
    </Note>
  );
}
