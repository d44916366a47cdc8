// What comes in front of the page, loaded when it is first opened: a dialog, a menu, the drawer, the help. One that does not
// come, on a bad line or after an update of the server, takes nothing with it: it closes and says so, and is asked for anew
// by whoever opens it again.
import { Component, type ComponentType, type ErrorInfo, lazy, type ReactNode, Suspense } from "react";
import { showToast } from "../acts/toasts.ts";
import { useWords } from "../words/use-words.ts";

interface InFront {
  readonly onClose: () => void;
}

export function inFront<P extends InFront>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  // What is lazy keeps a failure for good.
  const ask = (): ComponentType<P> => lazy(async () => ({ default: await load() })) as unknown as ComponentType<P>;
  let Part = ask();
  return function Loaded(props: P): React.JSX.Element {
    const { say } = useWords();
    const failed = (): void => {
      Part = ask();
      props.onClose();
      const does = { text: say("app.reload"), run: () => window.location.reload() };
      showToast({ text: say("app.part-failed"), tone: "trouble", does });
    };
    return (
      <Boundary onFailed={failed}>
        <Suspense>
          <Part {...props} />
        </Suspense>
      </Boundary>
    );
  };
}

interface BoundaryProps {
  readonly children: ReactNode;
  readonly onFailed: () => void;
}

class Boundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
    this.props.onFailed();
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
