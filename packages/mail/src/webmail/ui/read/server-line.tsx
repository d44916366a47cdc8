import { Server } from "lucide-react";
import type { Message } from "../../api/schema/index.ts";
import { formatPlace } from "../place/place.ts";
import { SCREENS } from "../shell/screens.tsx";
import { dayOf } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import "./server-line.css";

/** What is still on the server this message was collected from. Nothing is said of mail that was delivered here. */
export function ServerLine({ message }: { readonly message: Message }): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const { server } = message;
  if (server === null) return null;
  const { state, source, removeAt } = server;
  const text =
    removeAt !== null && (state === "kept" || state === "to-be-removed")
      ? say("server.until", { source, day: dayOf(words, removeAt) })
      : say(`server.${state}`, { source });
  return (
    <p className="server-line">
      <Server size={16} aria-hidden />
      <bdi>{text}</bdi>
      {SCREENS.source === undefined ? null : (
        <a href={formatPlace({ screen: "source", source, tab: "server" })}>{say("server.look")}</a>
      )}
    </p>
  );
}
