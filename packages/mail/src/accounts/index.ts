// Accounts, logins and addresses: who may log in, who gets mail, and how both are changed.
export { openAccounts } from "./accounts.ts";
export {
  AccountError,
  type Accounts,
  type AccountsOptions,
  type MailAddress,
  type NewSecret,
  type RecipientAnswer,
} from "./contract.ts";
export { Overloaded } from "./hash-threads.ts";
export { KeyFileError } from "./key-file.ts";
export { canonicalDomain, formatAddress, parseMailAddress } from "./mail-address.ts";
export { prepare as saslprep } from "./preparation.ts";
