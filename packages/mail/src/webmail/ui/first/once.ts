// Stands in for React, its JSX and its portals where the first screen is drawn before React is there: the same components,
// called once. State is what it begins with, effects are not run, and nothing is drawn a second time. `scripts/reader`
// puts this file in React's place; what a component uses of React and is missing here fails the build.

type Props = Readonly<Record<string, unknown>>;
export type Render = (props: Props) => unknown;

interface Instance {
  context: unknown;
  render(): unknown;
}

export interface ClassType {
  new (props: Props): Instance;
  readonly contextType?: Context;
}

export interface Element {
  readonly type: string | Render | ClassType | Context;
  readonly props: Props;
}

/** Its own provider, as React's are. */
export class Context {
  value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

export class Component {
  readonly props: Props;
  context: unknown;

  constructor(props: Props) {
    this.props = props;
  }
}

export function jsx(type: Element["type"], props: Props): Element {
  return { type, props };
}

/** Of several children. */
export function jsxs(type: Element["type"], props: Props): Element {
  return { type, props };
}

export function createElement(type: Element["type"], props: Props | null, ...children: readonly unknown[]): Element {
  return { type, props: children.length === 0 ? { ...props } : { ...props, children } };
}

export const Fragment: Render = ({ children }) => children;
export const Suspense: Render = ({ children }) => children;

export const createContext = (value: unknown): Context => new Context(value);
export const useContext = (context: Context): unknown => context.value;

export const memo = <T>(component: T): T => component;
export const forwardRef =
  (render: (props: Props, ref: undefined) => unknown): Render =>
  (props) =>
    render(props, undefined);
/** What is loaded later is not part of the first screen. */
export const lazy = (): Render => () => null;
export const createPortal = (): null => null;

export const useState = (initial: unknown): readonly [unknown, () => void] => [
  typeof initial === "function" ? (initial as () => unknown)() : initial,
  nothing,
];
export const useRef = (value: unknown): { current: unknown } => ({ current: value });
export const useMemo = <T>(make: () => T): T => make();
export const useCallback = <T>(does: T): T => does;
export const useSyncExternalStore = <T>(_subscribe: unknown, now: () => T): T => now();
export const useEffect = nothing;
export const useLayoutEffect = nothing;
export const startTransition = nothing;
export const flushSync = nothing;

function nothing(): void {
  // Whatever comes later is React's.
}
