// Which rows are chosen: a set of keys, and the row a range begins at.
export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly anchor: string | null;
}

export const NOTHING_SELECTED: Selection = { keys: new Set(), anchor: null };

export function toggled({ keys }: Selection, key: string): Selection {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  // Nothing is left that a range could begin at.
  return next.size === 0 ? NOTHING_SELECTED : { keys: next, anchor: key };
}

/** Everything from the anchor to `key` beside what was chosen before; `order` is the list as it stands. */
export function extended(selection: Selection, key: string, order: readonly string[]): Selection {
  const [from, to] = [order.indexOf(selection.anchor ?? key), order.indexOf(key)];
  if (from < 0 || to < 0) return toggled(selection, key);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { keys: new Set([...selection.keys, ...range]), anchor: selection.anchor ?? key };
}

export function everything(order: readonly string[]): Selection {
  return { keys: new Set(order), anchor: null };
}

/** What is chosen, and these rows with it. */
export function withRest(selection: Selection, rest: readonly { readonly key: string }[]): Selection {
  return { ...selection, keys: new Set([...selection.keys, ...rest.map(({ key }) => key)]) };
}

/** What is still in the list. */
export function pruned(selection: Selection, order: readonly string[]): Selection {
  const present = order.filter((key) => selection.keys.has(key));
  return present.length === selection.keys.size ? selection : { ...selection, keys: new Set(present) };
}
