import { useState } from "react";
import type { TextBlock } from "../../api/schema/index.ts";
import { useWords } from "../words/use-words.ts";
import { piecesOf, type Run, runsOf } from "./fold.ts";
import { slicesOf } from "./slices.ts";
import "./text-body.css";

/** How deep quotes are drawn as deeper. */
const DEPTH_MAX = 6;

interface TextBodyProps {
  readonly blocks: readonly TextBlock[];
  readonly isCut?: boolean;
}

export function TextBody({ blocks, isCut = false }: TextBodyProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <div className="text-body">
      {runsOf(blocks).map((run, at) => (
        // Runs are what the message holds and never change places.
        // oxlint-disable-next-line react/no-array-index-key
        <TextRun key={at} run={run} />
      ))}
      {isCut ? <p className="text-cut">{say("text.cut")}</p> : null}
    </div>
  );
}

function TextRun({ run }: { readonly run: Run }): React.JSX.Element {
  const { say } = useWords();
  const [isShown, setShown] = useState(!run.isFolded);
  return (
    <>
      {run.isFolded ? (
        <button type="button" className="unfold" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? say("text.fold") : say("text.unfold", { lines: run.lines })}
        </button>
      ) : null}
      {(isShown ? run.blocks : []).map((block, at) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Block key={at} block={block} />
      ))}
    </>
  );
}

function Block({ block }: { readonly block: TextBlock }): React.JSX.Element {
  return (
    <p
      className="text-block"
      dir="auto"
      data-quote={block.quote === 0 ? undefined : Math.min(block.quote, DEPTH_MAX)}
      data-signature={block.isSignature || undefined}
    >
      {piecesOf(block, window.location.host).map(({ text, href }, at) =>
        href === undefined ? (
          // oxlint-disable-next-line react/no-array-index-key
          <Text key={at} text={text} />
        ) : (
          // oxlint-disable-next-line react/no-array-index-key
          <a key={at} href={href} target="_blank" rel="noopener noreferrer nofollow">
            <Text text={text} />
          </a>
        ),
      )}
    </p>
  );
}

function Text({ text }: { readonly text: string }): React.JSX.Element {
  const slices = slicesOf(text);
  if (slices.length === 1) return <>{text}</>;
  return (
    <>
      {slices.map((slice, at) => (
        // oxlint-disable-next-line react/no-array-index-key
        <span key={at} className="text-slice">
          {slice}
        </span>
      ))}
    </>
  );
}
