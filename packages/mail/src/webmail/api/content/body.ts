// One HTML body, rebuilt. One part a response: two parts are never one document.
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import { bodyHeaders, CONTENT_HEADERS } from "./headers.ts";
import type { ContentCall } from "./index.ts";

/** A frame, and whoever asks whether there is something to frame. */
const FRAMED: ReadonlySet<string> = new Set(["iframe", "empty"]);

export async function sendBody(reading: Reading, call: ContentCall): Promise<Response> {
  const { account, messageId, part } = call;
  const isShown = call.query("images") === "1";
  const { html } = await reading.html(
    { account, messageId, part },
    {
      images: isShown ? "shown" : "blocked",
      theme: call.query("theme") === "dark" ? "adapt-dark" : "as-sent",
      origin: call.origin,
    },
    call.signal,
  );
  // A frame does not say what became of it: whoever frames this asks first.
  if (call.query("check") === "1")
    return Response.json({}, { headers: { ...CONTENT_HEADERS, "cache-control": "no-store" } });
  // In a window of its own it would look like a page of the reader's.
  if (call.destination !== undefined && !FRAMED.has(call.destination))
    throw new ApiError("cross-site", "a body is shown in its frame alone; open its message in the reader");
  return new Response(html, { headers: bodyHeaders(call.origin) });
}

/** Under the same policy as any other body. */
export function sendEmptyBody(origin: string): Response {
  return new Response("<!doctype html><title></title>", { headers: bodyHeaders(origin) });
}
