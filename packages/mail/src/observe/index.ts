export { renderOctets, renderSpan } from "./figures.ts";
export { createLog, SILENT, type Fields, type Log, type LogLevel, type LogOptions, type OpenLog } from "./log.ts";
export { programVersion } from "./program-version.ts";
export { logPopSession, type PopSessionLine } from "./session-line.ts";
