import { TriangleAlert } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { WordsContext } from "../words/use-words.ts";
import { Button } from "./button.tsx";
import { Note } from "./note.tsx";

interface Props {
  readonly children: ReactNode;
  /** What is shown: with something else it is a new try. */
  readonly of?: string;
}

interface State {
  readonly hasFailed: boolean;
  readonly of: string | undefined;
}

/** Keeps a mistake of ours in one pane: the others go on. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { hasFailed: false, of: this.props.of };
  static override contextType = WordsContext;
  declare context: React.ContextType<typeof WordsContext>;

  static getDerivedStateFromError(): Pick<State, "hasFailed"> {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ of }: Props, before: State): State | null {
    return of === before.of ? null : { hasFailed: false, of };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    const { say } = this.context;
    return (
      <Note icon={TriangleAlert} title={say("app.failed")} more={say("app.failed.more")} role="alert">
        <Button kind="primary" onPress={() => window.location.reload()}>
          {say("app.reload")}
        </Button>
      </Note>
    );
  }
}
