// Remote images, loaded for the person who said so: those of that message alone, and by its capability.
import type { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import type { ApiEnv } from "../app.ts";
import { CONTENT_HEADERS } from "../content/headers.ts";
import { Latest } from "../latest.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import { Turnstile } from "../turnstile.ts";
import type { BodyPlace } from "./capability.ts";
import { fetchImage, type RemoteImage } from "./fetch-image.ts";

export function mountImages(app: Hono<ApiEnv>, reading: Reading): void {
  const cache = new Latest<RemoteImage>(LIMITS.imageCacheOctets);
  const turnstile = new Turnstile({ room: LIMITS.imagesAtOnce, waiting: LIMITS.imagesWaiting });
  app.get("/cap/:capability/:url{.+}", async (context) => {
    const place = reading.capabilities.check(context.req.param("capability"));
    if (place === undefined) throw new ApiError("not-found", "show the images again: this address is too old");
    const url = context.req.param("url");
    if (!(await reading.imageUrls(place)).has(url)) throw new ApiError("not-found", "the message has no such image");
    const { signal } = context.req.raw;
    const network = reading.house.imageNetwork;
    const load = (): Promise<RemoteImage> => fetchImage(url, { signal, ...(network === undefined ? {} : { network }) });
    const cached = cache.get(url);
    const image = await noting(
      reading,
      { place, url, signal },
      async () => cached ?? turnstile.pass(load, { takes: 1, signal }),
    );
    cache.set(url, image, image.content.byteLength);
    return new Response(new Uint8Array(image.content), {
      headers: {
        ...CONTENT_HEADERS,
        "content-type": image.type,
        "content-security-policy": "sandbox; default-src 'none'",
        // It is asked for from the frame of a message, which is nobody's origin.
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "private, max-age=86400",
      },
    });
  });
}

interface Asked {
  readonly place: BodyPlace;
  readonly url: string;
  readonly signal: AbortSignal;
}

/** What came of it, for whoever asks what is missing. Whoever went away has not seen it fail. */
async function noting(
  reading: Reading,
  { place, url, signal }: Asked,
  load: () => Promise<RemoteImage>,
): Promise<RemoteImage> {
  try {
    const image = await load();
    reading.failedImages.note(place, url, true);
    return image;
  } catch (error) {
    if (!signal.aborted) reading.failedImages.note(place, url, false);
    throw error;
  }
}
