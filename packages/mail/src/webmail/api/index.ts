// The API of the reader and of the command line.
export { ROUTES, type Route, type RouteInput, type RouteName, type RouteOutput } from "./schema/index.ts";
