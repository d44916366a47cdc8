// The whole table, in the order in which it is asked.
import type { Check } from "./check.ts";
import { BEFORE_LOGIN_CHECKS, TRANSACTION_CHECKS } from "./said-checks.ts";
import {
  CAPABILITY_CHECKS,
  EVERY_REPLY_CHECKS,
  GREETING_CHECKS,
  LISTING_CHECKS,
  MESSAGE_CHECKS,
} from "./seen-checks.ts";
import {
  LOGIN_CHECKS,
  MARK_CHECKS,
  MESSAGE_TALK_CHECKS,
  NEXT_SESSION_CHECKS,
  SESSION_CHECKS,
  STLS_CHECKS,
} from "./talk-checks.ts";

export const CHECKS: readonly Check[] = [
  ...GREETING_CHECKS,
  ...CAPABILITY_CHECKS,
  ...LISTING_CHECKS,
  ...MESSAGE_CHECKS,
  ...TRANSACTION_CHECKS,
  ...MESSAGE_TALK_CHECKS,
  ...MARK_CHECKS,
  ...BEFORE_LOGIN_CHECKS,
  ...LOGIN_CHECKS,
  ...STLS_CHECKS,
  ...SESSION_CHECKS,
  ...NEXT_SESSION_CHECKS,
  // They judge everything that was said above.
  ...EVERY_REPLY_CHECKS,
];
