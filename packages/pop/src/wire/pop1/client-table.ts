// POP1's client by the diagram of RFC 918.
import type { FamilyClientTable } from "../family-client.ts";

export const POP1_CLIENT_STATES = ["start", "named", "ready", "open", "received", "end"] as const;

export type Pop1ClientState = (typeof POP1_CLIENT_STATES)[number];

export const POP1_CLIENT: FamilyClientTable<Pop1ClientState> = {
  protocol: "POP1",
  first: "start",
  greeting: /^\+OK(?: |$)/i,
  hasEmptyData: true,
  quote: (argument) => argument,
  commands: {
    USER: { states: ["start"], reply: "+", next: "named", refused: "start" },
    PASS: { states: ["named"], reply: "+", next: "ready", refused: "start" },
    RETR: { states: ["ready"], reply: "#", next: "open", refused: "ready", counts: true },
    RDEL: { states: ["ready"], reply: "#", next: "open", refused: "ready", counts: true },
    RCEV: { states: ["open"], reply: "data", next: "received" },
    // RFC 918 RCVD: refused, "it is possible that the mail is not necessarily deleted"; the mailbox is closed all the same.
    RCVD: { states: ["received"], reply: "+", next: "ready", refused: "ready" },
    RSET: { states: ["ready", "open", "received"], reply: "+", next: "ready" },
    NOOP: { states: ["ready"], reply: "+", next: "ready" },
    QUIT: { states: ["start", "named", "ready", "open", "received"], reply: "+", next: "end", refused: "end" },
  },
};
