// How an input travels: what the path names is in the path, the rest of a GET in the query, of anything else in JSON.
import { ROUTES, type Route, type RouteInput, type RouteName } from "./routes.ts";

export interface RouteRequest {
  readonly method: Route["method"];
  /** With its query. */
  readonly path: string;
  /** JSON; undefined for a GET. */
  readonly body: string | undefined;
}

export function requestFor<N extends RouteName>(name: N, input: RouteInput<N>): RouteRequest {
  const route: Route = ROUTES[name];
  const rest = new Map(Object.entries(input as Readonly<Record<string, unknown>>));
  const path = route.path.replace(/:(\w+)/g, (_, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  const given = [...rest].filter(([, value]) => value !== undefined);
  if (route.method !== "GET") return { method: route.method, path, body: JSON.stringify(Object.fromEntries(given)) };
  const query = new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return { method: "GET", path: query === "" ? path : `${path}?${query}`, body: undefined };
}
