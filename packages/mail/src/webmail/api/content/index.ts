// What is loaded of one message: bodies, parts, its source, the file of it, all its attachments.
import type { Context, Hono } from "hono";
import { z } from "zod";
import { ApiError } from "../api-error.ts";
import type { ApiEnv } from "../app.ts";
import type { Reading } from "../reading.ts";
import { accountId, messageId } from "../schema/mail.ts";
import { sendBody, sendEmptyBody } from "./body.ts";
import { sendEml, sendSource } from "./file.ts";
import { sendPart } from "./part.ts";
import { sendPrint } from "./print.ts";
import { sendZip } from "./zip.ts";

export { REFUSAL_HEADERS } from "./headers.ts";

/** One request for something of a message. */
export interface ContentCall {
  readonly account: string;
  readonly messageId: number;
  /** Empty where the address has none. */
  readonly part: string;
  readonly origin: string;
  readonly query: (name: string) => string | undefined;
  /** What the browser says of its person, best first, as in Accept-Language. */
  readonly languages: string;
  /** What the browser wants it for: Sec-Fetch-Dest; undefined for one that does not say. */
  readonly destination: string | undefined;
  readonly signal: AbortSignal;
}

type Send = (reading: Reading, call: ContentCall) => Promise<Response>;

const CONTENTS: Readonly<Record<string, Send>> = {
  "/m/:account/:messageId/body/:part": sendBody,
  "/m/:account/:messageId/part/:part": sendPart,
  "/m/:account/:messageId/source": sendSource,
  "/m/:account/:messageId/eml": sendEml,
  "/m/:account/:messageId/zip": sendZip,
  "/m/:account/:messageId/print": sendPrint,
};

/** Every address there is of a message. */
export const CONTENT_PATHS: readonly string[] = Object.keys(CONTENTS);

const named = z.object({
  account: accountId,
  messageId: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(messageId),
  part: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .default(""),
});

export function mountContent(app: Hono<ApiEnv>, reading: Reading): void {
  app.get("/m/empty", (context) => {
    // A page that makes itself ready for a message is about to show one.
    reading.house.mail.expect();
    return sendEmptyBody(context.env.person.origin);
  });
  for (const [path, send] of Object.entries(CONTENTS))
    app.get(path, async (context) => {
      const call = callOf(context);
      reading.account(call.account);
      return send(reading, call);
    });
}

function callOf(context: Context<ApiEnv>): ContentCall {
  const { req } = context;
  const checked = named.safeParse(req.param());
  if (!checked.success) throw new ApiError("not-found", "there is nothing at this address");
  return {
    ...checked.data,
    origin: context.env.person.origin,
    query: (name) => req.query(name),
    languages: req.header("accept-language") ?? "",
    destination: req.header("sec-fetch-dest"),
    signal: req.raw.signal,
  };
}
