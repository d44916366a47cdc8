// What a server announced, with the parameters read that a client acts on. IMPLEMENTATION is told, never acted on
// (RFC 2449 §6.9).
import type { AnnouncedCapabilities } from "../wire/index.ts";
import type { Capabilities } from "./contract.ts";

/** Nothing announced gives an empty map with every flag off. */
export function capabilitiesOf(announced: AnnouncedCapabilities | undefined): Capabilities {
  const map = new Map(announced ?? []);
  return Object.assign(map, {
    pipelining: map.has("PIPELINING"),
    top: map.has("TOP"),
    uidl: map.has("UIDL"),
    user: map.has("USER"),
    stls: map.has("STLS"),
    respCodes: map.has("RESP-CODES"),
    authRespCode: map.has("AUTH-RESP-CODE"),
    sasl: (map.get("SASL") ?? []).map((name) => name.toUpperCase()),
    utf8: map.has("UTF8"),
    utf8User: isPerUser(map.get("UTF8")),
    lang: map.has("LANG"),
    expire: expireOf(map.get("EXPIRE")),
    loginDelay: loginDelayOf(map.get("LOGIN-DELAY")),
    implementation: map.get("IMPLEMENTATION")?.join(" "),
  });
}

function expireOf(parameters: readonly string[] | undefined): Capabilities["expire"] {
  const [days = ""] = parameters ?? [];
  if (days.toUpperCase() === "NEVER") return { days: "never", perUser: isPerUser(parameters) };
  return /^\d{1,9}$/.test(days) ? { days: Number(days), perUser: isPerUser(parameters) } : undefined;
}

function loginDelayOf(parameters: readonly string[] | undefined): Capabilities["loginDelay"] {
  const [seconds = ""] = parameters ?? [];
  return /^\d{1,9}$/.test(seconds) ? { seconds: Number(seconds), perUser: isPerUser(parameters) } : undefined;
}

/** RFC 2449 §6.5, §6.7: the value differs from user to user, so it is asked again after the login. */
function isPerUser(parameters: readonly string[] | undefined): boolean {
  return parameters?.some((parameter) => parameter.toUpperCase() === "USER") === true;
}
