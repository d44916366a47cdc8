// What the sender of a message would like: to be told that it was read, or offers: to leave its list. Neither happens
// without being asked for, twice.
import { useMutation } from "@tanstack/react-query";
import { MailCheck, MailMinus } from "lucide-react";
import { useState } from "react";
import type { Message } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { answeredReceipt, isReceiptAnswered } from "./receipts-answered.ts";

export function SenderAsks({ message }: { readonly message: Message }): React.JSX.Element | null {
  const isOurs = message.role === "sent" || message.role === "drafts";
  if (isOurs) return null;
  return (
    <>
      <ReceiptQuestion message={message} />
      <Unsubscribe message={message} />
    </>
  );
}

function ReceiptQuestion({ message }: { readonly message: Message }): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const { account, messageId, receiptTo } = message;
  const [isDone, setDone] = useState(() => isReceiptAnswered(account, messageId));
  const done = (): void => {
    answeredReceipt(account, messageId);
    setDone(true);
  };
  const send = useMutation({
    mutationFn: () => call("sendReceipt", { account, messageId, confirmed: true, words: receiptWords(words) }),
    onSuccess() {
      done();
      showToast({ text: say("receipt.sent"), tone: "plain", isFinal: true });
    },
  });
  const [to] = receiptTo;
  if (to === undefined || isDone) return null;
  return (
    <section className="asks" aria-label={say("receipt.title")}>
      <MailCheck size={16} aria-hidden />
      <span className="asks-text">{say("receipt.asks", { address: to.address })}</span>
      <Button isDisabled={send.isPending} onPress={() => send.mutate()}>
        {say("receipt.send")}
      </Button>
      <Button kind="quiet" onPress={done}>
        {say("receipt.ignore")}
      </Button>
    </section>
  );
}

/** The server fills in what it knows. */
function receiptWords({ say }: Words) {
  const values = { subject: "{subject}", address: "{address}" };
  return { subject: say("receipt.subject", values), text: say("receipt.text", values) };
}

type Way = "one-click" | "mail" | "page";

function Unsubscribe({ message }: { readonly message: Message }): React.JSX.Element | null {
  const { say } = useWords();
  const [isAsking, setAsking] = useState(false);
  const { account, messageId, unsubscribe } = message;
  const { oneClick = null, mail = null, page = null } = unsubscribe ?? {};
  const way: Way | null = oneClick !== null ? "one-click" : mail !== null ? "mail" : page !== null ? "page" : null;
  const where = way === "mail" ? mailOf(mail) : hostOf(way === "one-click" ? oneClick : page);
  const leave = useMutation({
    mutationFn: (by: "one-click" | "mail") => call("unsubscribe", { account, messageId, by, confirmed: true }),
    onSuccess: (_answer, by) =>
      showToast({ text: say(by === "mail" ? "leave.mailed" : "leave.asked", { where }), tone: "plain", isFinal: true }),
  });
  if (way === null) return null;
  return (
    <section className="asks" aria-label={say("leave.title")}>
      <MailMinus size={16} aria-hidden />
      <span className="asks-text">{say("leave.offer")}</span>
      <Button isDisabled={leave.isPending || leave.isSuccess} onPress={() => setAsking(true)}>
        {say("leave.does")}
      </Button>
      {isAsking ? (
        <Confirm
          title={say("leave.ask")}
          does={say("leave.does")}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            if (way === "page") window.open(page ?? "", "_blank", "noopener,noreferrer");
            else leave.mutate(way);
          }}
        >
          {say(`leave.by-${way}`, { where })}
        </Confirm>
      ) : null}
    </section>
  );
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).hostname : "";
}

function mailOf(url: string | null): string {
  return (url ?? "").replace(/^mailto:/i, "").split("?")[0] ?? "";
}
