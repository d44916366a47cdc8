// For tests of programs that build on this package: the contract of a maildrop store as a suite for node:test, and a
// POP3 server that does what a script says, for tests of clients.
export { maildropContract } from "./maildrop/maildrop-contract.ts";
export type { MaildropContractOptions, MaildropHook, MaildropSetting, MaildropSetup } from "./maildrop/setting.ts";
export { scriptedPeer, type ScriptedPeer } from "./peer/scripted-peer.ts";
export type { PeerMaildrop, PeerStoredMessage } from "./peer/maildrop.ts";
export type { PeerConnection, PeerEvent } from "./peer/record.ts";
export type {
  FaultEffects,
  FaultOnLines,
  FaultOnReply,
  FaultOnWire,
  FaultPlace,
  PeerCapabilities,
  PeerFault,
  PeerMechanism,
  PeerMessage,
  PeerTls,
  ScriptedPeerOptions,
} from "./peer/options.ts";
