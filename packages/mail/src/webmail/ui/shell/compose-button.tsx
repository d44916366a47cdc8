import { SquarePen } from "lucide-react";
import { useComposer } from "../compose/composer.tsx";
import { useHint } from "../keys/commands.tsx";
import { IconButton } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";

/** Where the mailboxes are behind a button, and writing with them, it is one press away all the same. */
export function ComposeButton(): React.JSX.Element {
  const { say } = useWords();
  const hint = useHint();
  const composer = useComposer();
  return (
    <IconButton
      icon={SquarePen}
      label={say("side.compose")}
      hint={hint("compose")}
      className="compose-button"
      onPress={() => composer.begin()}
    />
  );
}
