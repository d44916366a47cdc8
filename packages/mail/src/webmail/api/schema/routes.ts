// Every request the reader and the command line can make: method, path, what goes in, what comes out. The server and
// its clients are made from this one table. Parts of a path that begin with ":" are filled from the input.
import { z } from "zod";
import { acted, acting } from "./acts.ts";
import {
  account,
  accountId,
  conversation,
  cursor,
  indexState,
  listed,
  mailbox,
  message,
  messageId,
  page,
  scope,
} from "./mail.ts";
import { ORGANISING_ROUTES } from "./organising.ts";
import { searchOperator, searchProblem } from "./problems.ts";
import { settings, trustChange, trusted } from "./settings.ts";
import {
  auditRow,
  discovery,
  fingerprint,
  newSource,
  keep,
  keepPreview,
  removalPlan,
  serverMailbox,
  sourceName,
  sourceStatus,
  tested,
} from "./sources.ts";
import { WRITING_ROUTES } from "./writing.ts";

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

const nothing = z.strictObject({});
const trustedList = z.strictObject({ trusted: z.array(trusted) });
const one = z.strictObject({ source: sourceName });
const limit = z.coerce.number().int().min(1).max(200).default(100);
const viewed = z.strictObject({ account: accountId, messageId: z.coerce.number().pipe(messageId) });

export const ROUTES = {
  session: {
    method: "GET",
    path: "/api/session",
    input: nothing,
    output: z.strictObject({
      accounts: z.array(account),
      opens: scope,
      /** How many of them, from the first, "all" covers. */
      together: z.int(),
      version: z.string(),
      isDemo: z.boolean(),
    }),
  },
  mailboxes: {
    method: "GET",
    path: "/api/mailboxes",
    input: z.strictObject({ account: scope }),
    output: z.strictObject({ mailboxes: z.array(mailbox), starred: z.int(), index: indexState }),
  },
  list: {
    method: "GET",
    path: "/api/list",
    input: z.strictObject({
      account: scope,
      ...listed,
      view: z.enum(["conversations", "messages"]).default("conversations"),
      after: cursor.optional(),
      limit,
    }),
    output: page,
  },
  search: {
    method: "GET",
    path: "/api/search",
    input: z.strictObject({
      account: scope,
      q: z.string().max(1_000),
      order: z.enum(["newest", "best"]).default("newest"),
      after: cursor.optional(),
      limit,
    }),
    output: page.extend({
      /** The query as it was understood. */
      terms: z.array(
        z.strictObject({ operator: searchOperator.nullable(), value: z.string(), isNegated: z.boolean() }),
      ),
      problems: z.array(searchProblem),
    }),
  },
  conversation: {
    method: "GET",
    path: "/api/accounts/:account/conversations/:conversation",
    input: z.strictObject({ account: accountId, conversation: z.coerce.number().pipe(messageId) }),
    output: conversation,
  },
  message: { method: "GET", path: "/api/accounts/:account/messages/:messageId", input: viewed, output: message },
  imagesLoaded: {
    method: "GET",
    path: "/api/accounts/:account/messages/:messageId/images/:part",
    input: viewed.extend({ part: z.string().regex(/^[\d.]{1,100}$/) }),
    /** Remote images of the body that were asked for last and could not be loaded. */
    output: z.strictObject({ failed: z.int() }),
  },
  act: { method: "POST", path: "/api/acts", input: acting, output: acted },
  undo: {
    method: "POST",
    path: "/api/acts/undo",
    input: z.strictObject({ undo: z.string().min(1).max(100) }),
    /** `left`: messages that were moved since, and stay where they are. `gone`: those that were deleted for good since. */
    output: acted.extend({ left: z.int(), gone: z.int() }),
  },
  emptyMailbox: {
    method: "POST",
    path: "/api/mailboxes/empty",
    input: z.strictObject({
      account: accountId,
      role: z.enum(["trash", "junk"]),
      /** As it was when its messages were counted for whoever confirmed: what came in since stays. */
      lastUid: z.int().min(0),
      confirmed: z.literal(true),
    }),
    output: acted,
  },
  settings: { method: "GET", path: "/api/settings", input: nothing, output: settings },
  changeSettings: { method: "PATCH", path: "/api/settings", input: settings.partial(), output: settings },
  trusted: {
    method: "GET",
    path: "/api/trusted",
    input: nothing,
    output: trustedList,
  },
  /** Each answers with what it changed, which the other takes back. */
  trust: { method: "POST", path: "/api/trusted", input: trustChange, output: trustedList },
  distrust: { method: "DELETE", path: "/api/trusted", input: trustChange, output: trustedList },
  sources: {
    method: "GET",
    path: "/api/sources",
    input: nothing,
    output: z.strictObject({ sources: z.array(sourceStatus) }),
  },
  discoverSource: {
    method: "POST",
    path: "/api/sources/discover",
    input: z.strictObject({ address: z.string().min(3).max(320) }),
    output: discovery,
  },
  testSource: {
    method: "POST",
    path: "/api/sources/test",
    input: newSource.pick({ host: true, mailDomain: true, port: true, tls: true, user: true, password: true }),
    output: tested,
  },
  addSource: { method: "POST", path: "/api/sources", input: newSource, output: sourceStatus },
  changeSource: {
    method: "PATCH",
    path: "/api/sources/:source",
    input: one.extend({
      keep: keep.optional(),
      everyMs: z.int().min(60_000).max(604_800_000).optional(),
      enabled: z.boolean().optional(),
      password: z.string().min(1).max(65_536).optional(),
      /** Trusts the certificate the source failed for last, and no other; null trusts by issuer and name again. */
      pin: fingerprint.nullable().optional(),
      confirmed: z.boolean().default(false),
    }),
    output: sourceStatus,
  },
  /** What another rule would remove, from memory alone: nothing is changed, and no server is asked. */
  previewKeep: {
    method: "POST",
    path: "/api/sources/:source/preview",
    input: one.extend({ keep }),
    output: keepPreview,
  },
  /** Forgets the source; mail that is here and mail on the server both stay. */
  removeSource: { method: "DELETE", path: "/api/sources/:source", input: one, output: nothing },
  checkSources: {
    method: "POST",
    path: "/api/sources/check",
    input: z.strictObject({ source: sourceName.optional() }),
    output: nothing,
  },
  pauseSource: { method: "POST", path: "/api/sources/:source/pause", input: one, output: sourceStatus },
  resumeSource: { method: "POST", path: "/api/sources/:source/resume", input: one, output: sourceStatus },
  answerSource: {
    method: "POST",
    path: "/api/sources/:source/answer",
    /** `messages` as the question said: about more it is asked anew. */
    input: one.extend({ kind: z.string().max(64), messages: z.int().min(0), allow: z.boolean() }),
    output: sourceStatus,
  },
  serverMailbox: {
    method: "GET",
    path: "/api/sources/:source/server",
    input: one.extend({ after: cursor.optional(), limit: z.coerce.number().int().min(1).max(500).default(200) }),
    output: serverMailbox,
  },
  downloadFromServer: {
    method: "POST",
    path: "/api/sources/:source/server/download",
    input: one.extend({ uniqueIds: z.array(z.string().max(2_200)).min(1).max(10_000) }),
    output: z.strictObject({ queued: z.int() }),
  },
  planRemoval: {
    method: "POST",
    path: "/api/sources/:source/server/plan",
    input: one.extend({ uniqueIds: z.array(z.string().max(2_200)).min(1).max(10_000) }),
    output: removalPlan,
  },
  removeFromServer: {
    method: "POST",
    path: "/api/sources/:source/server/remove",
    input: one.extend({ token: z.string().min(1).max(100) }),
    output: z.strictObject({ removed: z.int(), unconfirmed: z.int() }),
  },
  sourceAudit: {
    method: "GET",
    path: "/api/sources/:source/audit",
    /** All that was stored, in that order; or what was removed alone, the last removal first. */
    input: one.extend({ removed: z.literal("1").optional(), after: cursor.optional(), limit }),
    output: z.strictObject({ rows: z.array(auditRow), next: cursor.nullable() }),
  },
  sourceLog: {
    method: "GET",
    path: "/api/sources/:source/log",
    input: one,
    output: z.strictObject({ lines: z.array(z.string()) }),
  },
  ...WRITING_ROUTES,
  ...ORGANISING_ROUTES,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
export type RouteInput<N extends RouteName> = z.input<(typeof ROUTES)[N]["input"]>;
export type RouteOutput<N extends RouteName> = z.output<(typeof ROUTES)[N]["output"]>;
