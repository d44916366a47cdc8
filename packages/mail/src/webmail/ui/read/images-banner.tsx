// What is said above an HTML body of its remote images, and the ways to load them.
import { ImageOff, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { Body, Message, Trusted } from "../../api/schema/index.ts";
import { useTrust, whomOf } from "../acts/use-trust.ts";
import { useHint } from "../keys/commands.tsx";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { MenuButton } from "../parts/menu.tsx";
import { useWords } from "../words/use-words.ts";

interface ImagesBannerProps {
  readonly message: Message;
  readonly body: Extract<Body, { kind: "html" }>;
  readonly isShownOnce: boolean;
  readonly onShowOnce: (isShown: boolean) => void;
  /** Images that were to be shown and could not be loaded. */
  readonly failed: number;
  readonly onAgain: () => void;
}

/** Why a sender is not trusted with images, whoever trusts them. */
const DOUBTS: Readonly<Record<Message["authentic"], "images.forged" | "images.unconfirmed" | undefined>> = {
  failed: "images.forged",
  unproved: "images.unconfirmed",
  authentic: undefined,
  unknown: undefined,
};

/** How much is not loaded and why, and the ways to load it: this once, for this sender, for this domain. */
export function ImagesBanner(props: ImagesBannerProps): React.JSX.Element | null {
  const { message, body, isShownOnce, onShowOnce, failed, onAgain } = props;
  const words = useWords();
  const { say } = words;
  const hint = useHint();
  const { block } = useTrust();
  const { remoteImages, trackers } = body;
  const { imagesTrusted } = message;
  const doubt = DOUBTS[message.authentic];
  if (remoteImages === 0 && trackers === 0) return null;
  if (imagesTrusted.length > 0) {
    const blockAgain = (): void => {
      // What was shown once before it was always shown is not to stay.
      onShowOnce(false);
      block(imagesTrusted);
    };
    return (
      <ShownBanner
        failed={failed}
        onAgain={onAgain}
        says={say("images.trusted", { who: whomOf(words, imagesTrusted), trackers })}
      >
        <Button kind="quiet" onPress={blockAgain}>
          {say("images.block-again")}
        </Button>
      </ShownBanner>
    );
  }
  const hasImages = remoteImages > trackers;
  if (isShownOnce || !hasImages) {
    return (
      <ShownBanner
        failed={failed}
        onAgain={onAgain}
        says={trackers === 0 ? say("images.shown") : say("images.trackers", { trackers })}
      >
        {hasImages ? <AlwaysMenu message={message} /> : null}
      </ShownBanner>
    );
  }
  return (
    <div className="banner">
      <ImageOff size={16} aria-hidden />
      <p>
        {say("images.blocked", { images: remoteImages - trackers, trackers })}
        {doubt === undefined ? null : <span className="banner-more">{say(doubt, { who: senderOf(message) })}</span>}
      </p>
      <Button kind="quiet" onPress={() => onShowOnce(true)}>
        {say("images.show")}
        {hint("images") === undefined ? null : <kbd className="key">{hint("images")}</kbd>}
      </Button>
      <AlwaysMenu message={message} />
    </div>
  );
}

interface ShownBannerProps extends Pick<ImagesBannerProps, "failed" | "onAgain"> {
  readonly says: string;
  readonly children: React.ReactNode;
}

/** Images are shown, as far as they could be loaded. */
function ShownBanner({ says, failed, onAgain, children }: ShownBannerProps): React.JSX.Element {
  const { say } = useWords();
  return (
    <div className={failed === 0 ? "banner quiet" : "banner"}>
      {failed === 0 ? <ShieldCheck size={16} aria-hidden /> : <ImageOff size={16} aria-hidden />}
      <p>
        {says}
        <span role="status">{failed === 0 ? null : `; ${say("images.failed", { failed })}`}</span>
      </p>
      {failed === 0 ? null : (
        <Button kind="quiet" onPress={onAgain}>
          {say("app.again")}
        </Button>
      )}
      {children}
    </div>
  );
}

function senderOf(message: Message): string {
  return message.from[0]?.address ?? "";
}

/** Nothing for a sender who is not there, or may not be who it says. */
function AlwaysMenu({ message }: { readonly message: Message }): React.JSX.Element | null {
  const { say } = useWords();
  const { trust } = useTrust();
  const [asked, setAsked] = useState<Trusted | null>(null);
  const sender = senderOf(message);
  const domain = sender.slice(sender.lastIndexOf("@") + 1);
  if (domain === "" || DOUBTS[message.authentic] !== undefined) return null;
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
  return (
    <>
      <MenuButton label={say("images.more")} groups={[{ rows }]}>
        {(trigger) => (
          <Button kind="quiet" {...trigger}>
            {say("images.always")}
          </Button>
        )}
      </MenuButton>
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
    </>
  );
}
