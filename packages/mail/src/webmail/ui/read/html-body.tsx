// An HTML body: a document of its own under a policy of its own, in a frame without scripts and without our origin.
// Here are only the frame and the question whether its remote images may be loaded.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ImageOff, ShieldCheck } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Body, Message, ReaderSettings, Trusted } from "../../api/schema/index.ts";
import { useTrust, whomOf } from "../acts/use-trust.ts";
import { checkBody } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { Refusal } from "../data/refusal.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useCommands, useHint } from "../keys/commands.tsx";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { MenuButton } from "../parts/menu.tsx";
import { useMedia } from "../shell/use-media.ts";
import { useWords } from "../words/use-words.ts";
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
  const { message, body, settings, isShownOnce, onShowOnce, onShownAsText } = props;
  const words = useWords();
  const { say } = words;
  const end = useRef<HTMLSpanElement>(null);
  const client = useQueryClient();
  const [isPlain, setPlain] = useState(body.isTooLarge);
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
      <ImagesBanner message={message} body={body} isShownOnce={isShownOnce} onShowOnce={onShowOnce} />
      {/* A frame without scripts hears no key of ours: the way past all its links is ours to offer. */}
      <button type="button" className="button frame-skip" onClick={() => end.current?.focus()}>
        {say("frame.skip")}
      </button>
      <iframe
        // A frame that is led elsewhere would put a step between a person and "back".
        key={src}
        className="html-frame"
        data-dark={(isDark && settings.bodyTheme === "adapt") || undefined}
        style={body.height === null ? undefined : heightOf(body.height)}
        {...MAIL_FRAME}
        title={title}
        src={src}
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

interface ImagesBannerProps {
  readonly message: Message;
  readonly body: HtmlPart;
  readonly isShownOnce: boolean;
  readonly onShowOnce: (isShown: boolean) => void;
}

/** How much is not loaded and why, and the ways to load it: this once, for this sender, for this domain. */
function ImagesBanner({ message, body, isShownOnce, onShowOnce }: ImagesBannerProps): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const hint = useHint();
  const { trust, block } = useTrust();
  const [asked, setAsked] = useState<Trusted | null>(null);
  const { remoteImages, trackers } = body;
  const sender = message.from[0]?.address ?? "";
  const domain = sender.slice(sender.lastIndexOf("@") + 1);
  const { imagesTrusted } = message;
  if (remoteImages === 0 && trackers === 0) return null;
  if (imagesTrusted.length > 0) {
    const blockAgain = (): void => {
      // What was shown once before it was always shown is not to stay.
      onShowOnce(false);
      block(imagesTrusted);
    };
    return (
      <div className="banner quiet">
        <ShieldCheck size={16} aria-hidden />
        <p>{say("images.trusted", { who: whomOf(words, imagesTrusted), trackers })}</p>
        <Button kind="quiet" onPress={blockAgain}>
          {say("images.block-again")}
        </Button>
      </div>
    );
  }
  if (isShownOnce || remoteImages <= trackers) {
    if (trackers === 0) return null;
    return (
      <div className="banner quiet">
        <ShieldCheck size={16} aria-hidden />
        <p>{say("images.trackers", { trackers })}</p>
      </div>
    );
  }
  const wanted = (who: Trusted): void => (message.authentic === "authentic" ? trust(who) : setAsked(who));
  const rows = [
    {
      id: "sender",
      label: say("images.always-sender", { who: sender }),
      onAction: () => wanted({ kind: "sender", value: sender }),
    },
    {
      id: "domain",
      label: say("images.always-domain", { who: domain }),
      onAction: () => wanted({ kind: "domain", value: domain }),
    },
  ];
  const isForged = message.authentic === "failed";
  return (
    <div className="banner">
      <ImageOff size={16} aria-hidden />
      <p>
        {say("images.blocked", { images: remoteImages - trackers, trackers })}
        {isForged ? ` ${say("images.forged", { who: sender })}` : null}
      </p>
      <Button kind="quiet" onPress={() => onShowOnce(true)}>
        {say("images.show")}
        {hint("images") === undefined ? null : <kbd className="key">{hint("images")}</kbd>}
      </Button>
      {domain === "" || isForged ? null : (
        <MenuButton label={say("images.more")} groups={[{ rows }]}>
          {(trigger) => (
            <Button kind="quiet" {...trigger}>
              {say("images.always")}
            </Button>
          )}
        </MenuButton>
      )}
      {asked === null ? null : (
        <Confirm
          title={say("images.unproved-title", { who: asked.value })}
          does={say("images.unproved-does")}
          onConfirm={() => trust(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{say("images.unproved", { who: asked.value })}</p>
        </Confirm>
      )}
    </div>
  );
}
