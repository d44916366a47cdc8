// One HTML body, rebuilt. One part a response: two parts are never one document.
import type { Reading } from "../reading.ts";
import { bodyHeaders } from "./headers.ts";
import type { ContentCall } from "./index.ts";

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
  );
  return new Response(html, { headers: bodyHeaders(call.origin) });
}
