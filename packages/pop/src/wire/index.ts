export { decodeBase64, encodeBase64 } from "./base64.ts";
export { ERRORS, PopError } from "./errors.ts";
export type { ErrorCode } from "./errors.ts";
export { LineReader } from "./line-reader.ts";
export type { LineLimit, ReadLine } from "./line-reader.ts";
export { DotStuffer, DotUnstuffer, TERMINATION } from "./multiline.ts";
export type { Unstuffed } from "./multiline.ts";
export { PLAIN_KERNEL } from "./octets.ts";
export type { OctetKernel } from "./octets.ts";
export { DEFAULT_FAMILY_POLICY, FAMILY_LINE_OCTETS_MAX } from "./family-session.ts";
export type { FamilyPolicy } from "./family-session.ts";
export { advanceFamilyClient, createFamilyClient } from "./family-client.ts";
export type {
  FamilyClientEffect,
  FamilyClientEvent,
  FamilyClientFailure,
  FamilyClientRow,
  FamilyClientSession,
  FamilyClientTable,
  FamilyReply,
} from "./family-client.ts";
export { FromQuoter, MBOX_END, MBOX_SEPARATOR, MboxSplitter } from "./mbox.ts";
export type { MboxPart } from "./mbox.ts";
export { POP1_CLIENT, POP1_CLIENT_STATES } from "./pop1/client-table.ts";
export type { Pop1ClientState } from "./pop1/client-table.ts";
export { POP2_CLIENT, POP2_CLIENT_STATES } from "./pop2/client-table.ts";
export type { Pop2ClientState } from "./pop2/client-table.ts";
export { POP1_COMMANDS } from "./pop1/commands.ts";
export type { Pop1Command } from "./pop1/commands.ts";
export { pop1Side } from "./pop1/server-advance.ts";
export type { Pop1ServerSession, Pop1Transaction } from "./pop1/server-session.ts";
export { POP1_STATES, POP1_TRANSITIONS } from "./pop1/states.ts";
export type { Pop1State, Pop1Trigger } from "./pop1/states.ts";
export { POP2_COMMANDS } from "./pop2/commands.ts";
export type { Pop2Command } from "./pop2/commands.ts";
export { pop2Side } from "./pop2/server-advance.ts";
export type { Pop2ServerSession } from "./pop2/server-session.ts";
export { POP2_STATES, POP2_TRANSITIONS } from "./pop2/states.ts";
export type { Pop2State, Pop2Trigger } from "./pop2/states.ts";
export { challengeReply, errorReply, GREETING, greetingReply, ok, refuseConnection, retrieveReply } from "./reply.ts";
export type { CommandArguments } from "./pop3/arguments.ts";
export { SERVER_CAPABILITIES } from "./pop3/capabilities.ts";
export type { ServerCapability } from "./pop3/capabilities.ts";
export { advanceClient } from "./pop3/client-advance.ts";
export type { AnnouncedCapabilities } from "./pop3/client-capabilities.ts";
export { authCommand, clientCommand, clientRow, COMMAND_OCTETS_MAX, rawCommand } from "./pop3/client-commands.ts";
export type { ClientCommand, ClientCommandRow, ExchangeStart, ReplyShape } from "./pop3/client-commands.ts";
export { parseDropListing, parseScanLine, parseUniqueIdLine, parseUniqueIdReply } from "./pop3/client-listings.ts";
export type { DropListing, ScanEntry, UniqueIdEntry } from "./pop3/client-listings.ts";
export { createClientSession, DEFAULT_CLIENT_POLICY } from "./pop3/client-session.ts";
export type {
  ClientAwaited,
  ClientEffect,
  ClientEvent,
  ClientFailure,
  ClientPolicy,
  ClientSession,
  ExchangeEnd,
  InFlight,
} from "./pop3/client-session.ts";
export { RESPONSE_CODES } from "./pop3/client-status.ts";
export type { KnownResponseCode, StatusLine } from "./pop3/client-status.ts";
export type { CommandCapability, CommandDefinition } from "./pop3/command-definition.ts";
export { POP3_COMMANDS } from "./pop3/commands.ts";
export type { Language, ReplyTexts } from "./pop3/language.ts";
export { LANGUAGES, languageFor } from "./pop3/languages.ts";
export { lineOctetsMax, nextInRun } from "./pop3/lookahead.ts";
export { advanceServer } from "./pop3/server-advance.ts";
export { createServerSession, DEFAULT_POLICY } from "./pop3/server-session.ts";
export type { OfferedMechanism, Pop3Policy, ServerSession, SiteTerms } from "./pop3/server-session.ts";
export type { Transitions } from "./transitions.ts";
export { POP3_STATES, transition, TRANSITIONS } from "./pop3/states.ts";
export type { Pop3State, Trigger } from "./pop3/states.ts";
export { pop3Side } from "./pop3/server-side.ts";
export type {
  AccountTerms,
  Awaited,
  Channel,
  CloseReason,
  Effect,
  Framing,
  MaildropListing,
  MessageNumber,
  ServerSide,
  SessionEvent,
} from "./server-contract.ts";
