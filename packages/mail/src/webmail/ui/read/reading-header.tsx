import { ArrowLeft } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ActBar } from "../acts/act-bar.tsx";
import type { Target } from "../acts/target.ts";
import { useHint } from "../keys/commands.tsx";
import { IconButton } from "../parts/button.tsx";
import { useMedia } from "../shell/use-media.ts";
import { useWords } from "../words/use-words.ts";

/** Fewer than the eight buttons that a finger hits fit beside each other. */
const SHORT = "(max-width: 359px)";

interface ReadingHeaderProps {
  /** Empty until it is known. */
  readonly subject: string;
  readonly target: Target | null;
  readonly isStacked: boolean;
  readonly onBack: () => void;
}

/** The subject, which takes the focus when something is opened, and what can be done with it. */
export function ReadingHeader({ subject, target, isStacked, onBack }: ReadingHeaderProps): React.JSX.Element {
  const { say } = useWords();
  const hint = useHint();
  const heading = useRef<HTMLHeadingElement>(null);
  const isShort = useMedia(SHORT);
  const isKnown = subject !== "";
  const [focusedBefore] = useState(() => document.activeElement);
  useEffect(() => {
    // An empty heading is read out as nothing, and who went elsewhere before there was one stays there.
    const { activeElement, body } = document;
    if (isKnown && (activeElement === focusedBefore || activeElement === body))
      heading.current?.focus({ preventScroll: true });
  }, [isKnown, focusedBefore]);
  return (
    <header className="reading-header">
      <div className="reading-bar">
        {isStacked ? (
          <IconButton icon={ArrowLeft} label={say("read.back")} hint={hint("back")} onPress={onBack} className="back" />
        ) : null}
        {target === null ? null : <ActBar target={target} isShort={isShort} />}
      </div>
      <h2 ref={heading} tabIndex={-1} className="subject">
        <bdi>{subject}</bdi>
      </h2>
    </header>
  );
}
