// What is known of one thing, a name and a value a line; on a phone one above the other.
import type { ReactNode } from "react";
import "./facts.css";

export function Facts({ children }: { readonly children: ReactNode }): React.JSX.Element {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): React.JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
