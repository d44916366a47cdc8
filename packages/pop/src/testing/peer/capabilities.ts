// What a scripted peer announces.
import type { PeerCapabilities, ScriptedPeerOptions } from "./options.ts";

/** Commands behind a capability of their own name. */
const OPTIONAL_COMMANDS = ["TOP", "UIDL", "USER"] as const;

/** What has happened on the connection so far. */
export interface CapabilityMoment {
  readonly isEncrypted: boolean;
  readonly isLoggedIn: boolean;
}

/** Lines of CAPA's reply at this moment. */
export function capabilitiesAt(options: ScriptedPeerOptions, moment: CapabilityMoment): readonly string[] {
  const { capabilities } = options;
  if (capabilities === undefined) return announced(options, moment);
  const told: PeerCapabilities = isList(capabilities) ? { start: capabilities } : capabilities;
  const start = told.start ?? announced(options, moment);
  const later = moment.isEncrypted ? (told.tls ?? start) : start;
  return moment.isLoggedIn ? (told.login ?? later) : later;
}

export function offeredMechanisms(options: ScriptedPeerOptions): readonly string[] {
  return options.mechanisms ?? ["PLAIN", "SCRAM-SHA-256"];
}

function announced(options: ScriptedPeerOptions, { isEncrypted, isLoggedIn }: CapabilityMoment): readonly string[] {
  const without = options.without ?? [];
  const mechanisms = offeredMechanisms(options);
  const offersStls = options.tls !== undefined && !isEncrypted && !isLoggedIn && !without.includes("STLS");
  return [
    ...OPTIONAL_COMMANDS.filter((command) => !without.includes(command)),
    ...(mechanisms.length === 0 || without.includes("AUTH") ? [] : [`SASL ${mechanisms.join(" ")}`]),
    ...(offersStls ? ["STLS"] : []),
    "RESP-CODES",
    "AUTH-RESP-CODE",
    "PIPELINING",
    "IMPLEMENTATION scripted-peer",
  ];
}

function isList(capabilities: readonly string[] | PeerCapabilities): capabilities is readonly string[] {
  return Array.isArray(capabilities);
}
