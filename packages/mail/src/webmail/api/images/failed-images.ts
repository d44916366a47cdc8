// Which remote images of a body could not be loaded: the frame they are missing from cannot say it.
import { Latest } from "../latest.ts";
import { LIMITS } from "../limits.ts";
import { urlCharacters } from "./url-characters.ts";
import type { BodyPlace } from "./capability.ts";

export class FailedImages {
  /** Of the bodies that were looked at last; of each at most as many URLs as it may have images. */
  readonly #failed = new Latest<Set<string>>(LIMITS.imageUrlCharacters);

  note(place: BodyPlace, url: string, isThere: boolean): void {
    const key = keyOf(place);
    const urls = this.#failed.get(key) ?? new Set();
    if (isThere) urls.delete(url);
    else urls.add(url);
    if (urls.size === 0) this.#failed.delete(key);
    else this.#failed.set(key, urls, urlCharacters(urls));
  }

  countIn(place: BodyPlace): number {
    return this.#failed.get(keyOf(place))?.size ?? 0;
  }
}

function keyOf({ account, messageId, part }: BodyPlace): string {
  return `${account}/${messageId}/${part}`;
}
