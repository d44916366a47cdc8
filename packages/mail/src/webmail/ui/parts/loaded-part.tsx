// A part of the page that is loaded when it is first asked for. One that does not come, on a bad line or after an update of
// the server, takes nothing with it, and is asked for anew by whoever wants it again.
import { Component, type ComponentType, type ErrorInfo, lazy, type ReactNode, Suspense, useState } from "react";
import { showToast } from "../acts/toasts.ts";
import { useWords } from "../words/use-words.ts";

interface LoadedPart<P> {
  readonly load: () => Promise<ComponentType<P>>;
  /** Stands there until it is here. */
  readonly meanwhile?: ReactNode;
  /** Stands there when it did not come, and says so; `again` asks for it anew. Without it a toast says so. */
  readonly instead?: (again: () => void) => ReactNode;
  readonly onFailed?: (props: P) => void;
}

export function loadedPart<P extends object>(o: LoadedPart<P>): ComponentType<P> {
  // What is lazy keeps a failure for good.
  const ask = (): ComponentType<P> => lazy(async () => ({ default: await o.load() })) as unknown as ComponentType<P>;
  let latest = ask();
  return function Loaded(props: P): React.JSX.Element {
    const { say } = useWords();
    const [{ Part, tries }, setPart] = useState(() => ({ Part: latest, tries: 0 }));
    const again = (): void => setPart({ Part: latest, tries: tries + 1 });
    const failed = (): void => {
      if (latest === Part) latest = ask();
      o.onFailed?.(props);
      if (o.instead !== undefined) return;
      const does = { text: say("app.reload"), run: () => window.location.reload() };
      showToast({ text: say("app.part-failed"), tone: "trouble", does });
    };
    return (
      <Boundary key={tries} onFailed={failed} instead={o.instead?.(again)}>
        <Suspense fallback={o.meanwhile}>
          <Part {...props} />
        </Suspense>
      </Boundary>
    );
  };
}

interface BoundaryProps {
  readonly children: ReactNode;
  readonly instead: ReactNode;
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
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
