// For tests of programs that build on this package: the contract of a maildrop store as a suite for node:test.
export { maildropContract } from "./maildrop/maildrop-contract.ts";
export type { MaildropContractOptions, MaildropHook, MaildropSetting, MaildropSetup } from "./maildrop/setting.ts";
