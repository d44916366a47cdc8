// Removing from the server in two steps: what would go, counted without touching anything; then, when that was seen, it.
import { useMutation, useQuery } from "@tanstack/react-query";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { WHY_WORDS } from "../words/collect-words.ts";
import { size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";

const REFUSED_SHOWN = 5;

interface RemovalDialogProps {
  readonly source: string;
  readonly uniqueIds: readonly string[];
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

export function RemovalDialog({ source, uniqueIds, onClose, onRemoved }: RemovalDialogProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const plan = useQuery({
    queryKey: ["removal-plan", source, uniqueIds],
    queryFn: ({ signal }) => call("planRemoval", { source, uniqueIds: [...uniqueIds] }, signal),
    retry: false,
    // A plan is good for one removal.
    gcTime: 0,
  });
  const remove = useMutation({
    meta: { isToldInPlace: true },
    mutationFn: (token: string) => call("removeFromServer", { source, token }),
    onSuccess({ removed, unconfirmed }) {
      const done = say("server.removed-done", { count: removed });
      const text = unconfirmed === 0 ? done : `${done}; ${say("server.unconfirmed", { count: unconfirmed })}`;
      showToast({ text, tone: "plain", isFinal: removed + unconfirmed > 0 });
      onRemoved();
      onClose();
    },
    // A plan is used up by its removal, whatever became of that.
    onError: () => void plan.refetch(),
  });
  // What is on its way cannot be called back: the answer is waited for.
  const close = remove.isPending ? () => undefined : onClose;
  const { data } = plan;
  const error = plan.error ?? remove.error;
  const title = data === undefined ? say("server.remove") : say("server.plan-title", { count: data.messages });
  return (
    <Dialog title={title} onClose={close}>
      <div className="dialog-body">
        {data === undefined && error === null ? <p role="status">{say("server.loading")}</p> : null}
        {data === undefined || data.messages === 0 ? null : (
          <p>{say("server.plan-frees", { size: size(words, data.octets) })}</p>
        )}
        {data === undefined || data.refused.length === 0 ? null : (
          <>
            <p>{say("server.plan-refused", { count: data.refused.length })}</p>
            <ul className="reasons">
              {data.refused.slice(0, REFUSED_SHOWN).map(({ uniqueId, why }) => (
                <li key={uniqueId}>{say(WHY_WORDS[why])}</li>
              ))}
            </ul>
          </>
        )}
        {error === null ? null : (
          <p className="alarm" role="alert" dir="auto">
            {refusalText(words, error)}
          </p>
        )}
      </div>
      <footer className="dialog-foot">
        <Button isDisabled={remove.isPending} onPress={onClose}>
          {say("act.cancel")}
        </Button>
        {data === undefined || data.messages === 0 ? null : (
          <Button
            kind="danger"
            isDisabled={remove.isPending || plan.isFetching}
            onPress={() => remove.mutate(data.token)}
          >
            {remove.isPending ? say("server.removing") : say("server.plan-does", { count: data.messages })}
          </Button>
        )}
      </footer>
    </Dialog>
  );
}
