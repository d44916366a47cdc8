import { useQueryClient } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { useState } from "react";
import type { Message } from "../../api/schema/index.ts";
import { KEYS } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { inFront } from "../parts/in-front.tsx";
import { formatPlace } from "../place/place.ts";
import { SCREENS } from "../shell/screens.tsx";
import { dayOf } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import "./server-line.css";

const RemovalDialog = inFront(async () => (await import("../server-mailbox/removal-dialog.tsx")).RemovalDialog);

/** What is still on the server this message was collected from, and the way to have it removed there. Nothing is said of
 * mail that was delivered here. */
export function ServerLine({ message }: { readonly message: Message }): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const client = useQueryClient();
  const [isRemoving, setRemoving] = useState(false);
  const { server } = message;
  if (server === null) return null;
  const { source, removable, isCollected } = server;
  const text = serverText(words, server);
  return (
    <p className="server-line">
      <Server size={16} aria-hidden />
      <bdi>{text}</bdi>
      {removable === null ? null : (
        <Button kind="quiet" onPress={() => setRemoving(true)}>
          {say("server.remove-now")}
        </Button>
      )}
      {SCREENS.source === undefined || !isCollected ? null : (
        <a href={formatPlace({ screen: "source", source, tab: "server" })}>{say("server.look")}</a>
      )}
      {isRemoving && removable !== null ? (
        <RemovalDialog
          source={source}
          uniqueIds={[removable]}
          onClose={() => setRemoving(false)}
          onRemoved={() => void client.invalidateQueries({ queryKey: KEYS.messages })}
        />
      ) : null}
    </p>
  );
}

function serverText(words: Words, { state, source, removeAt, isCollected }: NonNullable<Message["server"]>): string {
  if (!isCollected && state === "unknown") return words.say("server.left", { source });
  if (!isCollected && state === "headers-only") return words.say("server.left-header", { source });
  return removeAt !== null && (state === "kept" || state === "to-be-removed")
    ? words.say("server.until", { source, day: dayOf(words, removeAt) })
    : words.say(`server.${state}`, { source });
}
