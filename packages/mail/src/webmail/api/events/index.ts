// The event stream (server-sent events): one for each browser, whose pages share it.
import type { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import type { ApiEnv } from "../app.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import type { ReaderEvent } from "../schema/index.ts";
import type { EventHub } from "./hub.ts";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

export function mountEvents(app: Hono<ApiEnv>, { events }: Reading): { close(): void } {
  let open = 0;
  app.get("/api/events", (context) => {
    // Of its answer the body is dropped unread: a place it took would never be given back.
    if (context.req.method === "HEAD") return new Response(null, { headers: HEADERS });
    if (open >= LIMITS.eventStreams)
      throw new ApiError("busy", "too many pages are open; close some", { reason: "too-many-pages" });
    open += 1;
    const gone = new AbortController();
    const end = (): void => {
      if (gone.signal.aborted) return;
      gone.abort();
      open -= 1;
    };
    context.req.raw.signal.addEventListener("abort", end, { once: true });
    // A page that listens for the first time says from where on; one that was cut off knows better.
    const last = context.req.header("last-event-id") ?? context.req.query("after");
    return new Response(eventStream(events, { last, signal: gone.signal, end }), { headers: HEADERS });
  });
  return { close: () => events.close() };
}

interface Listening {
  /** Last-Event-ID, or where the page's first answers stood. */
  readonly last: string | undefined;
  readonly signal: AbortSignal;
  readonly end: () => void;
}

/** Pulled: what the browser does not take stays in the ring, and what leaves the ring is read anew. */
function eventStream(hub: EventHub, { last, signal, end }: Listening): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  /** Undefined: what came after the last event is not known any more. */
  let position = last === undefined ? hub.position : hub.positionOf(last);
  let isGreeted = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const send = (text: string): void => controller.enqueue(encoder.encode(text));
        if (!isGreeted) {
          isGreeted = true;
          // A page that is cut off comes back soon, and has a place to come back to.
          // One that missed something has none before it was told: cut off here, it would never hear of it.
          const place = position === undefined ? "" : `id: ${hub.idBefore(position)}\n`;
          return send(`retry: 2000\n${place}\n`);
        }
        for (;;) {
          const found = position === undefined ? "missed" : hub.at(position);
          if (found === "missed" || position === undefined) {
            position = hub.position;
            return send(written(hub.idBefore(position), { kind: "resync" }));
          }
          if (found !== undefined) {
            position += 1;
            return send(written(found.id, found.event));
          }
          const isSilent = await waited(hub, signal);
          if (signal.aborted || hub.isClosed) {
            end();
            return controller.close();
          }
          if (isSilent) return send(": still here\n\n");
        }
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
}

/** True when nothing happened for as long as a heart may stand still. */
async function waited(hub: EventHub, signal: AbortSignal): Promise<boolean> {
  const heart = new AbortController();
  const timer = setTimeout(() => heart.abort(), LIMITS.heartbeatMs);
  try {
    await hub.next(AbortSignal.any([signal, heart.signal]));
    return heart.signal.aborted;
  } finally {
    clearTimeout(timer);
  }
}

/** One line of JSON. U+2028 and U+2029 end a line for some. */
export function written(id: string, event: ReaderEvent): string {
  const json = JSON.stringify(event).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `id: ${id}\nevent: ${event.kind}\ndata: ${json}\n\n`;
}
