import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { Part } from "../../api/schema/index.ts";
import { Refusal } from "../data/refusal.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import { LinkButton } from "./link-button.tsx";

/** More of a text is not drawn: it is saved and opened elsewhere. In characters. */
const TEXT_MAX = 200_000;
const TIMEOUT_MS = 30_000;

/** An attached picture or text, shown as what its octets are. */
export function Preview({ part, onClose }: { readonly part: Part; readonly onClose: () => void }): React.JSX.Element {
  const { say } = useWords();
  return (
    <Dialog title={part.fileName} size="large" onClose={onClose}>
      {part.shownAs === "image" ? (
        <img className="preview-image" src={`${part.url}?show=1`} alt={part.fileName} />
      ) : (
        <TextPreview part={part} />
      )}
      <footer className="dialog-foot">
        <LinkButton icon={Download} href={part.url} download={part.fileName}>
          {say("attached.save-it")}
        </LinkButton>
      </footer>
    </Dialog>
  );
}

function TextPreview({ part }: { readonly part: Part }): React.JSX.Element {
  const words = useWords();
  const { data, error } = useQuery({
    queryKey: ["text", part.url],
    queryFn: ({ signal }) => textOf(`${part.url}?show=1`, signal),
    gcTime: 0,
  });
  if (error !== null) return <p role="alert">{refusalText(words, error)}</p>;
  return (
    <pre
      className="preview-text"
      dir="auto"
      role="region"
      aria-label={part.fileName}
      aria-busy={data === undefined}
      // What scrolls must be reached without a mouse.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {data}
    </pre>
  );
}

async function textOf(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  if (!response.ok) throw new Refusal("reader/unreadable", "no text", response.status);
  const text = await response.text();
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`;
}
