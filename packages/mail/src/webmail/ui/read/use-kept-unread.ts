// What of the messages that are open is to stay unread.
import { useLayoutEffect, useRef } from "react";
import type { Ref } from "../../api/schema/index.ts";
import { watchMarkedUnread } from "../acts/marked-unread.ts";
import type { ActedOn } from "../acts/target.ts";
import type { Opened } from "../place/place.ts";

export type KeptUnread = (message: Ref) => boolean;

/** Tells of a message whether the person has marked it unread since it was opened, be it before it was there. */
export function useKeptUnread({ account, id }: Opened): KeptUnread {
  const marked = useRef<readonly ActedOn[]>([]);
  // As soon as it is drawn: a key may come before any effect.
  useLayoutEffect(() => watchMarkedUnread((on) => (marked.current = [...marked.current, on])), []);
  return ({ messageId }) =>
    marked.current.some(
      ({ refs, wholes }) =>
        refs.some((one) => one.account === account && one.messageId === messageId) ||
        wholes.some((one) => one.account === account && one.conversation === id && messageId <= one.upTo),
    );
}
