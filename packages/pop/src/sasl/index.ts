// SASL (RFC 4422) for a server: mechanisms, and what they need to know of accounts and of the connection.
export type {
  Authenticator,
  ChannelBinding,
  PeerInfo,
  SaslContext,
  SaslServerExchange,
  SaslServerMechanism,
  SaslStep,
  ScramKeys,
  Verdict,
} from "./contract.ts";
export { SaslClientError } from "./client-contract.ts";
export type {
  AccessToken,
  SaslClientContext,
  SaslClientErrorCode,
  SaslClientExchange,
  SaslClientFailure,
  SaslClientMechanism,
  TokenReason,
} from "./client-contract.ts";
export { SERVER_MECHANISMS, serverMechanisms, type MechanismOptions } from "./mechanisms.ts";
export { defaultSaslprep, type Saslprep } from "./saslprep.ts";
export { deriveScramKeys, madeUpScramKeys, type DerivedScramKeys, type MadeUpKeysOptions } from "./scram-keys.ts";
