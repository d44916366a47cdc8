// Method and path of every request, as data that carries no validation library. The compiler holds it against the
// schema: a route that is missing, or differs in a letter, does not compile.
import type { ROUTES, RouteName } from "../../api/schema/index.ts";

type Paths = { readonly [N in RouteName]: Pick<(typeof ROUTES)[N], "method" | "path"> };

export const PATHS: Paths = {
  session: { method: "GET", path: "/api/session" },
  mailboxes: { method: "GET", path: "/api/mailboxes" },
  list: { method: "GET", path: "/api/list" },
  search: { method: "GET", path: "/api/search" },
  conversation: { method: "GET", path: "/api/accounts/:account/conversations/:conversation" },
  message: { method: "GET", path: "/api/accounts/:account/messages/:messageId" },
  act: { method: "POST", path: "/api/acts" },
  undo: { method: "POST", path: "/api/acts/undo" },
  emptyMailbox: { method: "POST", path: "/api/mailboxes/empty" },
  settings: { method: "GET", path: "/api/settings" },
  changeSettings: { method: "PATCH", path: "/api/settings" },
  trusted: { method: "GET", path: "/api/trusted" },
  trust: { method: "POST", path: "/api/trusted" },
  distrust: { method: "DELETE", path: "/api/trusted" },
  sources: { method: "GET", path: "/api/sources" },
  discoverSource: { method: "POST", path: "/api/sources/discover" },
  testSource: { method: "POST", path: "/api/sources/test" },
  addSource: { method: "POST", path: "/api/sources" },
  changeSource: { method: "PATCH", path: "/api/sources/:source" },
  removeSource: { method: "DELETE", path: "/api/sources/:source" },
  checkSources: { method: "POST", path: "/api/sources/check" },
  pauseSource: { method: "POST", path: "/api/sources/:source/pause" },
  resumeSource: { method: "POST", path: "/api/sources/:source/resume" },
  answerSource: { method: "POST", path: "/api/sources/:source/answer" },
  serverMailbox: { method: "GET", path: "/api/sources/:source/server" },
  downloadFromServer: { method: "POST", path: "/api/sources/:source/server/download" },
  planRemoval: { method: "POST", path: "/api/sources/:source/server/plan" },
  removeFromServer: { method: "POST", path: "/api/sources/:source/server/remove" },
  sourceAudit: { method: "GET", path: "/api/sources/:source/audit" },
  sourceLog: { method: "GET", path: "/api/sources/:source/log" },
};
