import type { Context } from "hono";

/** What answers is looked at by a person, in a window or a frame: told apart from what a script or an image asks for. */
export function isPage({ req }: Context): boolean {
  return req.header("sec-fetch-mode") === "navigate";
}
