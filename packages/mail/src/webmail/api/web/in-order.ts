/** Gives a function that has answers wait for those that were asked for before them: who asked first goes on first. */
export function inOrder(): <T>(answer: Promise<T>) => Promise<T> {
  let before: Promise<void> = Promise.resolve();
  return async (answer) => {
    const mine = Promise.all([answer, before]);
    // Whoever comes behind one that failed goes on all the same, and not before its turn.
    before = Promise.allSettled([answer, before]).then(() => undefined);
    const [given] = await mine;
    return given;
  };
}
