// How a person names one message of a listing: by its unique-id, and where others have that too, by what else its row is
// known by.
import { NAMELESS, type KnownMessage, type ListedMessage } from "./known.ts";
import { duplicateKey } from "./pair.ts";
import { isPlace } from "./places.ts";

type Nameable = Pick<ListedMessage, "uniqueId" | "octets" | "isDuplicate"> & {
  readonly known: KnownMessage | undefined;
  readonly headerHash: string | undefined;
  readonly occurrence: number | undefined;
};

/** Those of one size whose header cannot be had have one name: nothing tells them apart before their octets do. */
export function nameOf({ uniqueId, octets, isDuplicate, known, headerHash, occurrence }: Nameable): string {
  if (!isDuplicate && uniqueId !== NAMELESS) return uniqueId;
  const key = headerHash === undefined ? known?.keyHash : duplicateKey(headerHash, occurrence ?? 1);
  return exactName(uniqueId, octets, key ?? "");
}

/** Of a message that is known, whether it shares its unique-id now or not. */
export function rowNameOf({ uniqueId, octets, keyHash }: KnownMessage): string {
  return keyHash === "" ? uniqueId : exactName(uniqueId, octets, keyHash);
}

/** Whether it is among those that were named when others may have been there, or not yet. */
export function isNamed(names: ReadonlySet<string>, one: Nameable): boolean {
  if (names.size === 0) return false;
  return names.has(nameOf(one)) || (one.known !== undefined && names.has(rowNameOf(one.known)));
}

/** No unique-id of a server holds a NUL. */
function exactName(uniqueId: string, octets: number, keyHash: string): string {
  return [uniqueId, octets, isPlace(keyHash) ? "" : keyHash].join("\0");
}
