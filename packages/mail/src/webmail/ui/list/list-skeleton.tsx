import { Late } from "../parts/late.tsx";

const ROWS = 12;

/** What a list looks like before its rows are there. */
export function ListSkeleton(): React.JSX.Element {
  return (
    <Late>
      <div className="skeleton-rows" aria-hidden>
        {Array.from({ length: ROWS }, (_, at) => (
          <div key={at} className="skeleton-row">
            <span />
            <span />
          </div>
        ))}
      </div>
    </Late>
  );
}
