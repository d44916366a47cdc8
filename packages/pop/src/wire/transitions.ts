// Transition tables as every generation of POP writes them down.

/** State × trigger; what it lacks cannot happen. */
export type Transitions<State extends string, Trigger extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Trigger, State>>>>
>;

/** Looks a table up: the state that follows. Throws a plain Error when the table has none. */
export function followerOf<State extends string, Trigger extends string>(
  table: Transitions<State, Trigger>,
): (state: State, trigger: Trigger) => State {
  return (state, trigger) => {
    const next = table[state][trigger];
    if (next === undefined) throw new Error(`no transition from ${state} by ${trigger}`);
    return next;
  };
}
