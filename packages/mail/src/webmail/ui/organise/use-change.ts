import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { showToast } from "../acts/toasts.ts";
import { refusalText } from "../data/refusal-text.ts";
import { useWords } from "../words/use-words.ts";

/** Changes something and asks again for `keys`; what was refused is said at the foot of the window. */
export function useChange<I, O>(
  change: (input: I) => Promise<O>,
  keys: readonly (readonly unknown[])[],
): UseMutationResult<O, Error, I> {
  const client = useQueryClient();
  const words = useWords();
  return useMutation({
    mutationFn: change,
    onError: (error) => showToast({ text: refusalText(words, error), tone: "trouble" }),
    onSettled: () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
