import { Late } from "../parts/late.tsx";
import "./message-view.css";

/** Where a message will stand, while it, or the conversation it is of, is on its way. */
export function MessageComing(): React.JSX.Element {
  return (
    <article className="message" aria-busy>
      <Late>
        <div className="skeleton-message" aria-hidden>
          <span />
          <span />
          <span />
          <span />
        </div>
      </Late>
    </article>
  );
}
