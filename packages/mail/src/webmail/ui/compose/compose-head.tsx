import { Maximize2, Minimize2, X } from "lucide-react";
import { IconButton } from "../parts/button.tsx";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";
import type { Keeping } from "./draft-keeper.ts";

const KEEPING: Readonly<Record<Keeping, WordId | null>> = {
  "as-it-was": null,
  changed: "keeping.changed",
  saving: "keeping.saving",
  saved: "keeping.saved",
  failed: "keeping.failed",
  refused: "keeping.refused",
  conflict: "keeping.conflict",
  gone: "keeping.conflict",
};

interface ComposeHeadProps {
  readonly subject: string;
  readonly keeping: Keeping;
  readonly isWide: boolean;
  readonly onWide: (isWide: boolean) => void;
  readonly onClose: () => void;
}

/** What is written, how far the server has it, and the way out. */
export function ComposeHead({ subject, keeping, isWide, onWide, onClose }: ComposeHeadProps): React.JSX.Element {
  const { say } = useWords();
  const word = KEEPING[keeping];
  return (
    <header className="compose-head">
      <h2>
        <bdi>{subject === "" ? say("compose.title") : subject}</bdi>
      </h2>
      <span className="compose-keeping" role="status">
        {word === null ? "" : say(word)}
      </span>
      <IconButton
        icon={isWide ? Minimize2 : Maximize2}
        label={say(isWide ? "compose.smaller" : "compose.larger")}
        className="compose-size"
        onPress={() => onWide(!isWide)}
      />
      <IconButton icon={X} label={say("compose.close")} onPress={onClose} />
    </header>
  );
}
