// The API: every row of ROUTES gets its handler, its input checked, its refusals in one form.
import { Hono, type Context } from "hono";
import { ApiError, refusalOf, REFUSALS } from "./api-error.ts";
import { checked } from "./checked.ts";
import type { Call, Person, ReaderHouse } from "./contract.ts";
import { LIMITS } from "./limits.ts";
import { loggedPath } from "./logged-path.ts";
import { ROUTES, type ReaderSettings, type Route, type RouteName } from "./schema/index.ts";
import { DEFAULT_SETTINGS } from "./schema/default-settings.ts";
import { patienceFor } from "./schema/patience.ts";
import { encodingFor, jsonResponse } from "./web/compression.ts";
import { isPage } from "./web/is-page.ts";
import { pageWords } from "./web/page-words.ts";
import { renderRefusal } from "./web/pages.ts";
import { openHandlers, type Handlers } from "./handlers/index.ts";
import { opensAt } from "./handlers/lists.ts";
import { readSettings } from "./handlers/settings.ts";
import { mountContent, REFUSAL_HEADERS } from "./content/index.ts";
import { mountImages } from "./images/index.ts";
import { mountEvents } from "./events/index.ts";
import { mountTransfers } from "./transfer/index.ts";
import { Reading } from "./reading.ts";
import { SpentDrafts } from "./writing/spent-drafts.ts";
import { untilAborted } from "./until-aborted.ts";
import { within } from "./within.ts";

export interface ReaderApi {
  /** Answers any request for /api, /m and /cap; of whom, the caller has found out. */
  readonly app: Hono<ApiEnv>;
  settings(): Promise<ReaderSettings>;
  /** What the page says of itself before it asks anything. */
  firstScreen(): Promise<FirstScreen>;
  close(): Promise<void>;
}

export interface FirstScreen extends Pick<ReaderSettings, "theme"> {
  /** An account's id, or "all". */
  readonly opens: string;
  readonly view: "conversations" | "messages";
  /** Id of the last event before the page asks for anything. */
  readonly lastEvent: string;
}

export interface ApiEnv {
  Bindings: { readonly person: Person };
}

export function openReaderApi(house: ReaderHouse): ReaderApi {
  const reading = new Reading(house);
  const handlers = openHandlers(reading);
  const app = new Hono<ApiEnv>();
  app.onError((error, context) => refuse(context, error, reading));
  app.notFound((context) => refuse(context, new ApiError("not-found", "there is nothing at this address"), reading));
  app.use("*", errorsOnly);
  app.use("/api/*", noStore);
  for (const name of Object.keys(ROUTES) as RouteName[]) mountRoute(app, name, handlers);
  const events = mountEvents(app, reading);
  mountContent(app, reading);
  mountTransfers(app, reading);
  mountImages(app, reading);
  const unwatch = new SpentDrafts(reading).watch();
  const unlisten = house.writing.listen(({ account }) => reading.events.tell({ kind: "outbox-changed", account }));
  return {
    app,
    settings: () => readSettings(house),
    async firstScreen() {
      house.index.makeReady();
      const { theme, conversations } = await readSettings(house);
      const lastEvent = reading.events.idBefore(reading.events.position);
      return { theme, opens: opensAt(reading), view: conversations ? "conversations" : "messages", lastEvent };
    },
    async close() {
      unlisten();
      unwatch();
      events.close();
      await reading.background.close();
    },
  };
}

/** A browser that went away, as it does between two letters of a search, aborts with a reason that is no error at all. */
async function errorsOnly(_: Context, next: () => Promise<void>): Promise<void> {
  try {
    await next();
  } catch (reason) {
    throw reason instanceof Error ? reason : new ApiError("unavailable", "the request was given up", { cause: reason });
  }
}

async function noStore(context: Context, next: () => Promise<void>): Promise<void> {
  await next();
  context.res.headers.set("cache-control", "no-store");
  context.res.headers.set("x-content-type-options", "nosniff");
  context.res.headers.set("cross-origin-resource-policy", "same-origin");
}

function mountRoute(app: Hono<ApiEnv>, name: RouteName, handlers: Handlers): void {
  const route: Route = ROUTES[name];
  // The table pairs every handler with its own input; of a union of them that cannot be said.
  const handler = handlers[name] as (input: unknown, call: Call) => Promise<unknown>;
  app.on(route.method, [route.path], async (context) => {
    const input = checked(route.input, await inputOf(context, route));
    const limitMs = patienceFor(name);
    const { signal, clear } = within(limitMs, context.req.raw.signal);
    try {
      const answer = await untilAborted(handler(input, { person: context.env.person, signal }), signal);
      // What an act answers with may open something, an undo or a removal: of those nothing is compressed.
      return await jsonResponse(
        answer,
        route.method === "GET" ? encodingFor(context.req.header("accept-encoding")) : undefined,
      );
    } finally {
      clear();
    }
  });
}

/** Path over the rest: what a path names cannot be said otherwise beside it. */
async function inputOf(context: Context, route: Route): Promise<unknown> {
  const named = context.req.param() as Readonly<Record<string, string>>;
  if (route.method === "GET") return { ...queryOf(context), ...named };
  if (!/^application\/json(?:;|$)/i.test(context.req.header("content-type") ?? ""))
    throw new ApiError("not-json", "what changes something is sent as application/json");
  const body = await readJson(context);
  return { ...body, ...named };
}

/** A key that is there twice is a mistake, and no list. */
function queryOf(context: Context): Readonly<Record<string, string>> {
  const query = context.req.queries();
  const twice = Object.keys(query).find((key) => query[key]?.length !== 1);
  if (twice !== undefined) throw new ApiError("bad-request", `${JSON.stringify(twice.slice(0, 64))} is said twice`);
  return Object.fromEntries(Object.entries(query).map(([key, values]) => [key, values[0] ?? ""]));
}

async function readJson(context: Context): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(context.req.raw);
  try {
    const value = JSON.parse(text === "" ? "{}" : text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, like any other text that is no object.
  }
  throw new ApiError("bad-request", "the body is no JSON object");
}

/** Counted as it comes: what a length field says is only believed when it is too much. */
async function readText({ body, headers }: Request): Promise<string> {
  const limit = LIMITS.requestOctets;
  // Nothing but the text of a message comes to so much.
  const tooLarge = new ApiError("too-large", `a request may have ${limit} octets`, { reason: "text-too-long" });
  if (Number(headers.get("content-length") ?? 0) > limit) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    octets += chunk.length;
    if (octets > limit) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function refuse(context: Context, error: unknown, { house }: Reading): Promise<Response> {
  const refusal = refusalOf(error);
  if (refusal.code === "internal" && !context.req.raw.signal.aborted)
    house.log.error({ error, path: loggedPath(context.req.path) }, "a request of the reader failed");
  const { code, message, reason, values, trouble, undo } = refusal;
  const status = REFUSALS[code];
  if (isPage(context)) {
    const { language } = await readSettings(house).catch(() => DEFAULT_SETTINGS);
    return context.body(renderRefusal(message, pageWords(language)), status, REFUSAL_HEADERS);
  }
  const said = reason === undefined ? {} : { reason, values };
  return context.json(
    {
      error: {
        code,
        message,
        ...said,
        ...(trouble === undefined ? {} : { trouble }),
        ...(undo === undefined ? {} : { undo }),
      },
    },
    status,
    {
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  );
}
