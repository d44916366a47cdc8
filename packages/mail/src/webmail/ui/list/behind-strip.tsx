import { CircleAlert } from "lucide-react";
import type { RouteOutput } from "../../api/schema/index.ts";
import { useWords } from "../words/use-words.ts";
import type { Behind } from "./behind.ts";

interface BehindStripProps {
  readonly behind: Behind | null;
  readonly index: RouteOutput<"mailboxes">["index"] | undefined;
}

/** Says that mail is missing from the list, and why. What is read out has no numbers: each of them would be read out. */
export function BehindStrip({ behind, index }: BehindStripProps): React.JSX.Element {
  const { say } = useWords();
  const told = behind === null ? "" : say(behind === "waiting" ? "behind.waiting-told" : `behind.${behind}`);
  return (
    <>
      <p className="unseen" role="status">
        {told}
      </p>
      {behind === null || index === undefined ? null : behind === "waiting" ? (
        <div className="strip behind">
          <p>{say("behind.waiting", { waiting: index.waiting, messages: index.messages })}</p>
        </div>
      ) : (
        <div className="strip behind trouble">
          <CircleAlert size={16} aria-hidden />
          <p>{told}</p>
        </div>
      )}
    </>
  );
}
