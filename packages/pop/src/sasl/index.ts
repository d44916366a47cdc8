// SASL (RFC 4422) for both ends: mechanisms, and what they need to know of accounts and of the connection.
export { APOP, makeTimestamp } from "./apop.ts";
export { checkDigest, type DigestClaim } from "./shared-secret.ts";
export { channelBindings, type BoundConnection } from "./channel-binding.ts";
export { SaslClientError } from "./client-contract.ts";
export type {
  AccessToken,
  Apop,
  SaslClientContext,
  SaslClientErrorCode,
  SaslClientExchange,
  SaslClientFailure,
  SaslClientMechanism,
  SaslClientMechanisms,
  TokenReason,
} from "./client-contract.ts";
export { CLIENT_MECHANISMS, clientMechanisms } from "./client-mechanisms.ts";
export type {
  Authenticator,
  ChannelBinding,
  LoginOwner,
  PeerInfo,
  SaslContext,
  SaslServerExchange,
  SaslServerMechanism,
  SaslStep,
  ScramHash,
  ScramKeys,
  SharedSecret,
  Verdict,
} from "./contract.ts";
export { SERVER_MECHANISMS, serverMechanisms, type MechanismOptions } from "./mechanisms.ts";
export { defaultSaslprep, type Saslprep } from "./saslprep.ts";
export { deriveScramKeys, madeUpScramKeys } from "./scram-keys.ts";
export type { DerivedScramKeys, MadeUpKeysOptions, ScramDerivation } from "./scram-keys.ts";
