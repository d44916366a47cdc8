// A message of which only the header is here: how much the rest is, and the way to have it now.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CloudDownload } from "lucide-react";
import type { Message } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { messageQuery } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";

export function DownloadWhole({ message }: { readonly message: Message }): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const { server, account, messageId } = message;
  const client = useQueryClient();
  const download = useMutation({
    mutationFn: (asked: { readonly source: string; readonly uniqueId: string }) =>
      call("downloadFromServer", { source: asked.source, uniqueIds: [asked.uniqueId] }),
    // The message itself says whether it is on its way still.
    onSuccess: () => client.invalidateQueries({ queryKey: messageQuery(account, messageId).queryKey }),
  });
  if (server === null || server.whole === null) return null;
  const { source, whole } = server;
  const title = say("whole.title", { size: size(words, whole.octets) });
  return (
    <section className="card" aria-label={title}>
      <CloudDownload size={20} aria-hidden />
      <div>
        <h4>{title}</h4>
        <p role="status">
          {say(whole.isComing ? "whole.coming" : download.isSuccess ? "whole.not-come" : "whole.more", { source })}
        </p>
      </div>
      <Button
        isDisabled={download.isPending || whole.isComing}
        onPress={() => download.mutate({ source, uniqueId: whole.uniqueId })}
      >
        {say("whole.download")}
      </Button>
    </section>
  );
}
