export { makeFolder } from "./make-folder.ts";
export { OWN_FILES } from "./own-files.ts";
export { syncFolder } from "./sync-folder.ts";
