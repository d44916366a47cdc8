// Sessions now, and what only a running post office can be asked.
import { z } from "zod";
import { OfficeError } from "../office-error.ts";
import type { LiveOffice } from "../live-office.ts";
import { value, type OperationContext } from "./definition.ts";

export const sessionOperations = {
  who: value(z.strictObject({}), (context) => liveOf(context).sessions()),
  kick: value(z.strictObject({ session: z.string().min(1).max(64) }), (context, input) => {
    if (!liveOf(context).kick(input.session))
      throw new OfficeError(
        "no-such-session",
        `there is no session ${input.session}; restante who lists those there are`,
      );
    return { done: true as const };
  }),
  "web.open": value(z.strictObject({}), (context) => {
    const url = liveOf(context).webAddress();
    if (url === undefined)
      throw new OfficeError("no-web", 'the reader listens nowhere; write web = "127.0.0.1:8025" under [listen]');
    return { url };
  }),
  reload: value(z.strictObject({}), (context) => liveOf(context).reload()),
  status: value(z.strictObject({}), (context) => {
    const live = liveOf(context);
    return {
      pid: process.pid,
      startedAt: new Date(live.startedAt).toISOString(),
      listeners: live.listeners,
      certificates: live.certificates,
      sessions: live.sessions().length,
    };
  }),
};

function liveOf(context: OperationContext): LiveOffice {
  if (context.live === undefined)
    throw new OfficeError(
      "not-running",
      `no post office runs on ${context.dataDir}; start one with restante up or restante serve, or name its directory with --data`,
    );
  return context.live;
}
