export { makeDurableFolder, makeFolder, syncName } from "./make-folder.ts";
export { OWN_FILES } from "./own-files.ts";
export { PieceMemory } from "./piece-memory.ts";
export { syncFolder, syncFolderInPlace } from "./sync-folder.ts";
