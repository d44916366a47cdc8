// The door of one person's mode: lets browsers in by a token, hands out the pages of the reader, and leads to the API.
import { randomBytes } from "node:crypto";
import { Hono, type Context } from "hono";
import type { Log } from "../../../observe/index.ts";
import { ApiError, refusalOf, REFUSALS } from "../api-error.ts";
import type { ReaderApi } from "../app.ts";
import { loggedPath } from "../logged-path.ts";
import { DEFAULT_SETTINGS } from "../schema/default-settings.ts";
import { encodingFor } from "./compression.ts";
import { admit, type Admitted } from "./gate.ts";
import { LET_IN, NO_SESSION, NOT_BUILT, renderFailure, renderPage, USED_TOKEN, type PlainPage } from "./pages.ts";
import { inOrder } from "./in-order.ts";
import { isPage } from "./is-page.ts";
import { type Peer, peerUser } from "./peer-user.ts";
import { pageWords } from "./page-words.ts";
import { appPolicy, PAGE_HEADERS, PLAIN_PAGE_POLICY } from "./policy.ts";
import type { StartTokens } from "./start-token.ts";
import { StaticFiles, type StaticFile } from "./static-files.ts";
import type { WebKey } from "./web-key.ts";

export interface DoorOptions {
  readonly api: ReaderApi;
  readonly key: WebKey;
  readonly tokens: StartTokens;
  readonly hosts: readonly string[];
  /** Where the built pages are. */
  readonly uiFolder: string;
  readonly log: Log;
}

const PLAIN_PAGE_HEADERS = {
  ...PAGE_HEADERS,
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": PLAIN_PAGE_POLICY,
  "cache-control": "no-store",
};

/** Replaced in index.html, so that libraries may add styles. */
const NONCE = "__CSP_NONCE__";
/** Likewise, so that what is painted first has the colours its person chose, and what it shows is asked for at once. */
const CHOSEN = 'data-theme="system" data-opens="all" data-view="conversations" data-last-event=""';

/** What comes with a request; nothing of it where it did not come over the network. */
interface DoorEnv {
  readonly Bindings: { readonly peer?: Peer };
}

export function openDoor(o: DoorOptions): Hono<DoorEnv> {
  const door = new Hono<DoorEnv>();
  const files = new StaticFiles(o.uiFolder);
  const inTurn = inOrder();
  door.onError((error, context) => refuse(context, error, o.log));
  door.all("*", async (context) => {
    const { req, env } = context;
    const admitted = admit({ method: req.method, path: req.path, header: (name) => req.header(name) }, o);
    if (req.path.startsWith("/cap/")) return toApi(context, o.api, admitted);
    const { session } = admitted;
    const whose = async (): Promise<number | undefined> => env?.peer && peerUser(env.peer);
    const isGood = async (): Promise<boolean> =>
      session !== undefined && (session.user === undefined || session.user === (await whose()));
    // What is asked for over a new connection is not passed by what comes behind it over one that is known.
    const hasSession = await inTurn(isGood());
    if (/^\/(?:api|m)(?:\/|$)/.test(req.path)) {
      if (!hasSession && isPage(context)) return plain(context, o.api, NO_SESSION);
      if (!hasSession)
        throw new ApiError(
          "no-session",
          "this browser has not been let in; restante open prints an address that does",
          { reason: "not-let-in" },
        );
      return toApi(context, o.api, admitted);
    }
    if (req.method !== "GET" && req.method !== "HEAD")
      throw new ApiError("not-found", "there is nothing at this address");
    const token = tokenIn(context);
    if (token !== undefined) return letIn(context, { ...o, token, admitted, hasSession, whose });
    return page(context, { files, api: o.api, hasSession });
  });
  return door;
}

function toApi(context: Context, api: ReaderApi, { origin }: Admitted): Response | Promise<Response> {
  return api.app.fetch(context.req.raw, { person: { origin } });
}

/** `/open/TOKEN`, or `/?token=TOKEN`. */
function tokenIn({ req }: Context): string | undefined {
  const [, named] = /^\/open\/([\w-]{1,100})$/.exec(req.path) ?? [];
  return named ?? (req.path === "/" ? req.query("token") : undefined);
}

interface LettingIn extends DoorOptions {
  readonly token: string;
  readonly admitted: Admitted;
  readonly hasSession: boolean;
  readonly whose: () => Promise<number | undefined>;
}

async function letIn(context: Context, o: LettingIn): Promise<Response> {
  const { api, key, tokens, token, admitted, hasSession, log } = o;
  // Whoever only looks ahead must not use up what the person is about to.
  const isLookingAhead = context.req.method === "HEAD" || context.req.header("sec-purpose") !== undefined;
  // Before the token is used: what cannot be looked up now can be tried again.
  const user = isLookingAhead ? undefined : await o.whose();
  if (!isLookingAhead && tokens.use(token)) {
    if (user === undefined)
      log.info({}, "whose the browser is that was let in is not known: any user who gets its cookie can use it");
    return arrive(context, api, { "set-cookie": key.cookieFor(key.newSession(user), admitted) });
  }
  return hasSession ? arrive(context, api, {}) : plain(context, api, isLookingAhead ? NO_SESSION : USED_TOKEN);
}

/** The address with the token is left behind. A cookie made now is not sent along when another site's link led here. */
async function arrive(context: Context, api: ReaderApi, headers: Readonly<Record<string, string>>): Promise<Response> {
  const site = context.req.header("sec-fetch-site") ?? "none";
  if (site === "none" || site === "same-origin")
    return context.body(null, 303, { ...PAGE_HEADERS, ...headers, location: "/", "cache-control": "no-store" });
  return plain(context, api, LET_IN, headers);
}

async function page(
  context: Context,
  o: { readonly files: StaticFiles; readonly api: ReaderApi; readonly hasSession: boolean },
): Promise<Response> {
  const { path } = context.req;
  const file = await o.files.find(path);
  if (file !== undefined && path !== "/index.html") return sendFile(context, file);
  if (/\.\w{1,12}$/.test(path) && path !== "/index.html") return context.text("not found", 404, PAGE_HEADERS);
  if (!o.hasSession) return plain(context, o.api, NO_SESSION);
  const index = await o.files.find("/index.html");
  if (index === undefined) return plain(context, o.api, NOT_BUILT);
  const nonce = randomBytes(16).toString("base64");
  const { theme, opens, view, lastEvent } = await o.api.firstScreen();
  const chosen = `data-theme="${theme}" data-opens="${opens}" data-view="${view}" data-last-event="${lastEvent}"`;
  const html = withChosen(index.content.toString("utf8").replaceAll(NONCE, nonce), chosen);
  return context.body(html, 200, {
    ...PAGE_HEADERS,
    "content-type": index.type,
    "content-security-policy": appPolicy(nonce),
    "cache-control": "no-store",
  });
}

/** Without them the first screen is asked for twice, and what happens meanwhile is heard by nobody. */
export function withChosen(html: string, chosen: string): string {
  if (!html.includes(CHOSEN)) throw new Error(`index.html of the reader does not say ${CHOSEN}`);
  return html.replace(CHOSEN, () => chosen);
}

function sendFile(context: Context, { content, brotli, type, isHashed }: StaticFile): Response {
  const isSmall = brotli !== undefined && encodingFor(context.req.header("accept-encoding")) === "br";
  return context.body(new Uint8Array(isSmall ? brotli : content), 200, {
    ...PAGE_HEADERS,
    "content-type": type,
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    ...(isSmall ? { "content-encoding": "br" } : {}),
  });
}

async function plain(
  context: Context,
  api: ReaderApi,
  shown: PlainPage,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { language } = await api.settings().catch(() => DEFAULT_SETTINGS);
  return context.body(renderPage(shown, pageWords(language)), shown.status, { ...PLAIN_PAGE_HEADERS, ...headers });
}

function refuse(context: Context, error: unknown, log: Log): Response {
  const { code, message } = refusalOf(error);
  if (code === "internal" && !context.req.raw.signal.aborted)
    log.error({ error, path: loggedPath(context.req.path) }, "a request at the reader's door failed");
  // The language its person chose is not looked up: that may be what failed, and whoever is refused may be anybody.
  if (isPage(context))
    return context.body(
      renderFailure(message, pageWords(DEFAULT_SETTINGS.language)),
      REFUSALS[code],
      PLAIN_PAGE_HEADERS,
    );
  return context.json({ error: { code, message } }, REFUSALS[code], { ...PAGE_HEADERS, "cache-control": "no-store" });
}
