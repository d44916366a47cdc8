// The API of the reader and of the command line, and the door of one person's mode.
export { openReaderApi, type ReaderApi } from "./app.ts";
export type { CollectingDesk, ReaderHouse, SettingsDesk } from "./contract.ts";
export type { ImageNetwork } from "./images/fetch-image.ts";
export {
  requestFor,
  ROUTES,
  type Route,
  type RouteInput,
  type RouteName,
  type RouteOutput,
  type RouteRequest,
} from "./schema/index.ts";
export { openDoor, type DoorOptions } from "./web/door.ts";
export { StartTokens } from "./web/start-token.ts";
export { openWebKey, WebKeyError, type WebKey } from "./web/web-key.ts";
export { createWebServer, requestListener, type Answering, type WebServer } from "./web/web-server.ts";
