import { MAIL_FRAME } from "./mail-frame.ts";

/** A body with nothing in it, and of no message. */
const EMPTY_BODY_URL = "/m/empty";

/**
 * An empty frame of the kind a message stands in, seen by nobody. A browser gives such frames a process apart from ours and
 * ends it with the last of them; to start one takes longer than to draw a message, so one stays (ADR 0033).
 */
export function SpareFrame(): React.JSX.Element {
  // oxlint-disable-next-line jsx-a11y/iframe-has-title -- hidden from everybody
  return <iframe {...MAIL_FRAME} hidden src={EMPTY_BODY_URL} />;
}
