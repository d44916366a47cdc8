// POP2's client by RFC 937 "Client Decision Table": a state is what the last reply was, a command what the caller says to
// it. EXIT is the end of the connection.
import type { FamilyClientTable } from "../family-client.ts";
import { quoted } from "./quoting.ts";

export const POP2_CLIENT_STATES = ["call", "nmbr", "size", "xfer", "exit"] as const;

export type Pop2ClientState = (typeof POP2_CLIENT_STATES)[number];

export const POP2_CLIENT: FamilyClientTable<Pop2ClientState> = {
  protocol: "POP2",
  first: "call",
  greeting: /^\+ POP2(?: |$)/,
  hasEmptyData: false,
  quote: quoted,
  commands: {
    HELO: { states: ["call"], reply: "#", next: "nmbr" },
    FOLD: { states: ["nmbr", "size"], reply: "#", next: "nmbr" },
    READ: { states: ["nmbr", "size"], reply: "=", next: "size", counts: true },
    RETR: { states: ["size"], reply: "data", next: "xfer" },
    ACKS: { states: ["xfer"], reply: "=", next: "size", counts: true },
    ACKD: { states: ["xfer"], reply: "=", next: "size", counts: true },
    NACK: { states: ["xfer"], reply: "=", next: "size", counts: true },
    // Not in XFER: there the server waits for an acknowledgement, and the connection is closed instead.
    QUIT: { states: ["call", "nmbr", "size"], reply: "+", next: "exit", refused: "exit" },
  },
};
