// The API of the reader and of the command line, and the door of one person's mode.
export { openReaderApi, type ReaderApi } from "./app.ts";
export type { ReaderMeans } from "./contract.ts";
export { requestOf, ROUTES, type RouteInput, type RouteName, type RouteOutput } from "./schema/index.ts";
export { sweepImports } from "./transfer/index.ts";
export { openDoor } from "./web/door.ts";
export { StartTokens } from "./web/start-token.ts";
export { openWebKey, WebKeyError } from "./web/web-key.ts";
export { createWebServer, requestListener, type WebServer } from "./web/web-server.ts";
export type { WritingDesk } from "./writing/desk.ts";
