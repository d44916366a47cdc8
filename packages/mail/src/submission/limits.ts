/** Limits and waits of sending, in one place. Milliseconds and octets. */
export const SUBMISSION_LIMITS = {
  recipientsMax: 500,
  /** Of the built message. Most providers take 25 MB. */
  messageOctetsMax: 52_428_800,
  subjectCharactersMax: 998,
  referencesMax: 40,
  connectMs: 30_000,
  greetingMs: 60_000,
  silenceMs: 300_000,
  /** RFC 5321 §4.5.3.2.6: ten minutes for the reply to the final dot; with the data before it, this for a whole attempt. */
  attemptMs: 1_800_000,
  holdMs: 10_000,
  /** Waits before each further attempt; the last one repeats. */
  retryMs: [60_000, 300_000, 900_000, 3_600_000],
  giveUpMs: 172_800_000,
  /** How long a sent message is still listed as such. */
  rememberSentMs: 604_800_000,
  /** To all servers together, and to one of them. */
  sendingAtOnceMax: 8,
  sendingToOneServerMax: 2,
  /** Within the house, beside those. */
  placingAtOnceMax: 4,
} as const;
