// How an input travels: what the path names is in the path, the rest of a GET in the query, of anything else in JSON. The
// server's clients and the browser's share it, so nothing is imported here that a browser would have to load.
import type { Route } from "./routes.ts";

export interface RouteRequest {
  readonly method: Route["method"];
  /** With its query. */
  readonly path: string;
  /** JSON; undefined for a GET. */
  readonly body: string | undefined;
}

export function requestOf(route: Pick<Route, "method" | "path">, input: object): RouteRequest {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = route.path.replaceAll(/:(\w+)/g, (_part, key: string) => {
    const value: unknown = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  const { method } = route;
  if (method !== "GET") return { method, path, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = new URLSearchParams(
    Array.from(rest, ([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return { method, path: query === "" ? path : `${path}?${query}`, body: undefined };
}
