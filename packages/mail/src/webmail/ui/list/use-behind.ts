import { useState } from "react";
import { type Behind, behindOf, doManyWait, type Index } from "./behind.ts";

/** What to say above a list that is drawn. */
export function useBehind(index: Index | undefined, isEmpty: boolean): Behind | null {
  const [didMany, setMany] = useState(false);
  const doMany = doManyWait(index, didMany);
  if (doMany !== didMany) setMany(doMany);
  return behindOf(index, { isEmpty, doMany });
}
