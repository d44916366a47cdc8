// What goes through the API as octets: attachments on their way into a draft, mail that is imported, mail that is saved.
import type { Context, Hono } from "hono";
import { ApiError } from "../api-error.ts";
import type { ApiEnv } from "../app.ts";
import { checked } from "../checked.ts";
import type { Reading } from "../reading.ts";
import { takeAttachment, attachmentQuery } from "./attachments.ts";
import { exportQuery, sendExport } from "./exports.ts";
import { importQuery, takeImport } from "./imports.ts";

export { sweepImports } from "./imports.ts";

export function mountTransfers(app: Hono<ApiEnv>, reading: Reading): void {
  app.post("/api/drafts/:draft/attachments", async (context) => {
    const named = checked(attachmentQuery, { ...context.req.query(), ...context.req.param() });
    return context.json(await takeAttachment(reading, named, bodyOf(context)));
  });
  app.post("/api/import", async (context) => {
    const named = checked(importQuery, context.req.query());
    const summary = await takeImport(reading, named, { body: bodyOf(context), signal: context.req.raw.signal });
    return context.json(summary);
  });
  app.get("/api/export", (context) => sendExport(reading, checked(exportQuery, context.req.query())));
}

/** Octets as they come: nothing waits for the whole of them. */
function bodyOf(context: Context<ApiEnv>): AsyncIterable<Uint8Array> {
  if (!/^application\/octet-stream(?:;|$)/i.test(context.req.header("content-type") ?? ""))
    throw new ApiError("not-json", "a file is sent as application/octet-stream");
  const { body } = context.req.raw;
  if (body === null) throw new ApiError("bad-request", "the file has no octets");
  return body as unknown as AsyncIterable<Uint8Array>;
}
