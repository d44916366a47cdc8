// Files on their way to the server, as octets, with progress. `fetch` tells nothing of what was sent, so this is XHR.
import { Refusal, refusalIn } from "../data/refusal.ts";

export interface Upload {
  readonly url: string;
  readonly file: Blob;
  /** Of what was sent, from 0 to 1. */
  readonly onProgress: (part: number) => void;
  readonly signal?: AbortSignal;
}

/** Without a sign of life for this long it is given up. */
const SILENCE_MS = 120_000;

/** Gives the answer's JSON. Throws a Refusal, or an AbortError when `signal` says so. */
export function upload({ url, file, onProgress, signal }: Upload): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(new DOMException("aborted", "AbortError"));
    const request = new XMLHttpRequest();
    let silence = setTimeout(() => request.abort(), SILENCE_MS);
    const alive = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENCE_MS);
    };
    const stop = (): void => request.abort();
    request.open("POST", url);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      alive();
      onProgress(total === 0 ? 0 : loaded / total);
    });
    request.addEventListener("loadend", () => {
      clearTimeout(silence);
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) return reject(new DOMException("aborted", "AbortError"));
      if (request.status === 0) return reject(new Refusal("reader/unreachable", "no answer", 0));
      const answer = json(request.responseText);
      if (request.status < 300 && answer !== undefined) return resolve(answer);
      reject(refusalIn(answer, request.status) ?? new Refusal("reader/unreadable", "no JSON", request.status));
    });
    signal?.addEventListener("abort", stop);
    request.send(file);
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
