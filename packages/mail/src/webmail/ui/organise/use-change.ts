import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";

/** Changes something and asks again for `keys`; what was refused is said at the foot of the window. */
export function useChange<I, O>(
  change: (input: I) => Promise<O>,
  keys: readonly (readonly unknown[])[],
): UseMutationResult<O, Error, I> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
