import { TriangleAlert } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { WordsContext } from "../words/use-words.ts";
import { Button } from "./button.tsx";
import { Note } from "./note.tsx";

interface Props {
  readonly children: ReactNode;
}

/** Keeps a mistake of ours in one pane: the others go on. With another `key` it is a new try. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };
  static override contextType = WordsContext;
  declare context: React.ContextType<typeof WordsContext>;

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
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
