import { ArrowUp } from "lucide-react";
import { useWords } from "../words/use-words.ts";

interface NewNoticeProps {
  readonly count: number;
  readonly onShow: () => void;
}

/** Says that mail came in above what is shown, and leads there. */
export function NewNotice({ count, onShow }: NewNoticeProps): React.JSX.Element | null {
  const { say } = useWords();
  if (count === 0) return null;
  return (
    <button type="button" className="new-notice" onClick={onShow}>
      {say("list.new", { count })}
      <ArrowUp size={14} aria-hidden />
    </button>
  );
}
