// An HTML body: a document of its own under a policy of its own, in a frame without scripts and without our origin.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Body, Message, ReaderSettings } from "../../api/schema/index.ts";
import { call, checkBody } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { Refusal } from "../data/refusal.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useCommands } from "../keys/commands.tsx";
import { Button } from "../parts/button.tsx";
import { useMedia } from "../shell/use-media.ts";
import { useWords } from "../words/use-words.ts";
import { useFrameRing } from "./frame-ring.ts";
import { ImagesBanner } from "./images-banner.tsx";
import { MAIL_FRAME } from "./mail-frame.ts";
import { TextBody } from "./text-body.tsx";
import "./html-body.css";

type HtmlPart = Extract<Body, { kind: "html" }>;

interface HtmlBodyProps {
  readonly message: Message;
  readonly body: HtmlPart;
  readonly settings: ReaderSettings;
  /** Images that are loaded this once. */
  readonly isShownOnce: boolean;
  readonly onShowOnce: (isShown: boolean) => void;
  /** It is shown as its text, and its pictures nowhere. */
  readonly onShownAsText: () => void;
}

export function HtmlBody(props: HtmlBodyProps): React.JSX.Element {
  const { message, body } = props;
  const { say } = useWords();
  const [isShownAnyway, setShownAnyway] = useState(false);
  // Beside other bodies it is no surprise that there is one without words.
  if (!body.isBlank || message.bodies.length > 1 || isShownAnyway) return <ShownHtml {...props} />;
  return (
    <>
      <div className="banner">
        <p>{say("body.blank")}</p>
        <Button kind="quiet" onPress={() => setShownAnyway(true)}>
          {say("body.show-blank")}
        </Button>
        <a className="button quiet" href={message.urls.source} target="_blank" rel="noopener">
          {say("message.source")}
        </a>
      </div>
      <TextBody blocks={body.text} />
    </>
  );
}

function ShownHtml(props: HtmlBodyProps): React.JSX.Element {
  const { message, body, settings, isShownOnce, onShowOnce, onShownAsText } = props;
  const words = useWords();
  const { say } = words;
  const end = useRef<HTMLSpanElement>(null);
  const client = useQueryClient();
  const [isPlain, setPlain] = useState(body.isTooLarge);
  useFrameRing();
  const prefersDark = useMedia("(prefers-color-scheme: dark)");
  const isDark = settings.theme === "dark" || (settings.theme === "system" && prefersDark);
  const areImagesShown = isShownOnce || message.imagesTrusted.length > 0;
  const hasImages = body.remoteImages > body.trackers;
  useCommands(hasImages && !areImagesShown && !isPlain ? { images: () => onShowOnce(true) } : {});
  const [from] = message.from;
  const title = say("frame.title", {
    from: from?.shown || say("person.nobody"),
    subject: message.subject,
  });
  const query = new URLSearchParams({
    ...(areImagesShown ? { images: "1" } : {}),
    ...(isDark && settings.bodyTheme === "adapt" ? { theme: "dark" } : {}),
  }).toString();
  const src = query === "" ? body.url : `${body.url}?${query}`;
  const [frame, setFrame] = useState({ of: src, tried: 0, loads: 0 });
  const { tried, loads } = frame.of === src ? frame : { tried: 0, loads: 0 };
  // Once the frame has loaded, or not, all that it asked for: nobody but the API knows what is missing in it.
  const { data: images } = useQuery({
    queryKey: ["images", src, tried, loads],
    queryFn: ({ signal }) =>
      call("imagesLoaded", { account: message.account, messageId: message.messageId, part: body.part }, signal),
    enabled: areImagesShown && !isPlain && loads > 0,
    retry: false,
    gcTime: 0,
  });
  // Beside the frame, not before it: both get the body that is made once.
  const check = useQuery({
    queryKey: ["body", src],
    queryFn: ({ signal }) => checkBody(`${body.url}?${query}&check=1`, signal),
    enabled: !isPlain,
    retry: false,
    // What could be shown a while ago is asked again with its frame.
    gcTime: 0,
  });
  const isSignedOut = check.error instanceof Refusal && check.error.isSignedOut;
  useEffect(() => {
    if (isSignedOut) void client.invalidateQueries({ queryKey: KEYS.session });
  }, [client, isSignedOut]);
  const isShownAsText = isPlain || (check.error !== null && !check.isFetching);
  useEffect(() => {
    if (isShownAsText) onShownAsText();
  }, [isShownAsText, onShownAsText]);
  if (isShownAsText) {
    const why = isPlain ? say("html.too-large") : say("html.failed", { why: refusalText(words, check.error) });
    const again = (): void => (isPlain ? setPlain(false) : void check.refetch());
    return (
      <>
        <div className="banner">
          <p>{why}</p>
          <Button kind="quiet" onPress={again}>
            {say(isPlain ? "html.show-anyway" : "app.again")}
          </Button>
        </div>
        <TextBody blocks={body.text} />
      </>
    );
  }
  return (
    <>
      <ImagesBanner
        message={message}
        body={body}
        isShownOnce={isShownOnce}
        onShowOnce={onShowOnce}
        failed={images?.failed ?? 0}
        onAgain={() => setFrame({ of: src, tried: tried + 1, loads: 0 })}
      />
      {/* A frame without scripts hears no key of ours: the way past all its links is ours to offer. */}
      <button type="button" className="button frame-skip" onClick={() => end.current?.focus()}>
        {say("frame.skip")}
      </button>
      <iframe
        // A frame that is led elsewhere would put a step between a person and "back".
        key={`${src} ${tried}`}
        className="html-frame"
        data-dark={(isDark && settings.bodyTheme === "adapt") || undefined}
        style={body.height === null ? undefined : heightOf(body.height)}
        {...MAIL_FRAME}
        title={title}
        src={src}
        onLoad={() => setFrame({ of: src, tried, loads: loads + 1 })}
      />
      <span ref={end} tabIndex={-1} className="unseen">
        {say("frame.end")}
      </span>
    </>
  );
}

/** Which of the two counts, the style sheet says: it knows how wide the pane is. */
function heightOf({ narrow, wide }: NonNullable<HtmlPart["height"]>): React.CSSProperties {
  return { "--narrow-height": `${narrow}px`, "--wide-height": `${wide}px` } as React.CSSProperties;
}
