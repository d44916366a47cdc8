import { Forward, Reply, ReplyAll } from "lucide-react";
import type { Message } from "../../api/schema/index.ts";
import { useComposer } from "../compose/composer.tsx";
import { useCommands, useHint } from "../keys/commands.tsx";
import { isRowFocused } from "../list/rows.ts";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";

/** What one answers a message with, below it; and the keys for the same. */
export function AnswerBar({ message }: { readonly message: Message }): React.JSX.Element {
  const { say } = useWords();
  const hint = useHint();
  const composer = useComposer();
  const reply = (): void => composer.answer("reply", message);
  const replyAll = (): void => composer.answer("reply-all", message);
  const forward = (): void => composer.answer("forward", message);
  const unlessRow = (does: () => void) => (): void | "pass" => (isRowFocused() ? "pass" : does());
  useCommands({ reply: unlessRow(reply), "reply-all": unlessRow(replyAll), forward: unlessRow(forward) });
  const others = message.to.length + message.cc.length > 1;
  const key = (command: "reply" | "reply-all" | "forward"): React.JSX.Element | null => {
    const text = hint(command);
    return text === undefined ? null : <kbd className="key">{text}</kbd>;
  };
  return (
    <div className="answer-bar">
      <Button icon={Reply} onPress={reply}>
        {say("act.reply")} {key("reply")}
      </Button>
      {others ? (
        <Button icon={ReplyAll} onPress={replyAll}>
          {say("act.reply-all")} {key("reply-all")}
        </Button>
      ) : null}
      <Button icon={Forward} onPress={forward}>
        {say("act.forward")} {key("forward")}
      </Button>
    </div>
  );
}
