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

/** An attached picture, sound or text, shown as what its octets are. */
export function Preview({ part, onClose }: { readonly part: Part; readonly onClose: () => void }): React.JSX.Element {
  const { say } = useWords();
  return (
    <Dialog title={part.fileName} size="large" onClose={onClose}>
      <Content part={part} />
      <footer className="dialog-foot">
        <LinkButton icon={Download} href={part.url} download={part.fileName}>
          {say("attached.save-it")}
        </LinkButton>
      </footer>
    </Dialog>
  );
}

function Content({ part }: { readonly part: Part }): React.JSX.Element {
  const src = `${part.url}?show=1`;
  switch (part.shownAs) {
    case "image":
      return <img className="preview-image" src={src} alt={part.fileName} />;
    case "audio":
      // Captions would have to come with the message.
      // oxlint-disable-next-line jsx-a11y/media-has-caption
      return <audio className="preview-sound" controls src={src} aria-label={part.fileName} />;
    case "video":
      // oxlint-disable-next-line jsx-a11y/media-has-caption
      return <video className="preview-image" controls src={src} aria-label={part.fileName} />;
    default:
      return <TextPreview part={part} />;
  }
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
