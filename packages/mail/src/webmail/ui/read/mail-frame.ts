/** What every frame with something of a sender's is: no scripts, and no origin of ours. */
export const MAIL_FRAME = {
  sandbox: "allow-popups allow-popups-to-escape-sandbox",
  referrerPolicy: "no-referrer",
} as const;
