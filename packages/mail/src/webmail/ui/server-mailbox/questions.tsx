// What collecting asks before it goes on: mail would be downloaded twice, or much would be removed.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SourceStatus } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { questionText } from "../words/collect-text.ts";
import { useWords } from "../words/use-words.ts";

type Question = SourceStatus["questions"][number];

interface QuestionsProps {
  readonly source: string;
  readonly questions: readonly Question[];
}

export function Questions({ source, questions }: QuestionsProps): React.JSX.Element {
  return (
    <>
      {questions.map((question) => (
        <QuestionCard key={question.kind} source={source} question={question} />
      ))}
    </>
  );
}

interface QuestionCardProps {
  readonly source: string;
  readonly question: Question;
}

function QuestionCard({ source, question }: QuestionCardProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const client = useQueryClient();
  const [isSure, setSure] = useState(false);
  const isMigration = question.kind === "migration";
  const answer = useMutation({
    mutationFn: (allow: boolean) =>
      call("answerSource", { source, kind: question.kind, messages: question.messages, allow }),
    onSuccess() {
      void client.invalidateQueries({ queryKey: KEYS.sources });
      void client.invalidateQueries({ queryKey: [...KEYS.serverMailboxes, source] });
      showToast({ text: say("question.answered"), tone: "plain" });
    },
  });
  const allowText = say(isMigration ? "question.migration-allow" : "question.removal-allow");
  return (
    <section className="alarm" role="alert">
      <h2>{say(isMigration ? "question.migration-title" : "question.removal-title")}</h2>
      <p>{questionText(words, question)}</p>
      {isMigration ? <p>{say("question.migration")}</p> : null}
      <div className="acts">
        <Button
          kind="primary"
          isDisabled={answer.isPending}
          onPress={() => {
            answer.mutate(false);
          }}
        >
          {say(isMigration ? "question.migration-deny" : "question.removal-deny")}
        </Button>
        <Button isDisabled={answer.isPending} onPress={() => setSure(true)}>
          {allowText}
        </Button>
      </div>
      {isSure ? (
        <Confirm
          title={say("question.allow-title")}
          does={allowText}
          onConfirm={() => answer.mutate(true)}
          onClose={() => setSure(false)}
        >
          <p>{questionText(words, question)}</p>
        </Confirm>
      ) : null}
    </section>
  );
}
