// Where a source is, as one word: what was learnt of a server does not hold for another.
import type { SourceConfig } from "../../config/index.ts";

export function endpointOf({ user, host, port }: Pick<SourceConfig, "host" | "port" | "user">): string {
  return `${user}@${host}:${port}`;
}
