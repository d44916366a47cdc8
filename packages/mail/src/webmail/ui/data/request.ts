// Which HTTP request an input becomes: parts of the path first, then the query of a GET, else a JSON body.
import type { RouteName } from "../../api/schema/index.ts";
import { PATHS } from "./routes.ts";

export interface Request {
  readonly method: string;
  readonly url: string;
  /** JSON; undefined when there is none. */
  readonly body: string | undefined;
}

export function requestOf(name: RouteName, input: Readonly<Record<string, unknown>>): Request {
  const { method, path } = PATHS[name];
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const url = path.replaceAll(/:(\w+)/g, (_part, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  if (method !== "GET") return { method, url, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = new URLSearchParams(Array.from(rest, ([key, value]) => [key, String(value)])).toString();
  return { method, url: query === "" ? url : `${url}?${query}`, body: undefined };
}
