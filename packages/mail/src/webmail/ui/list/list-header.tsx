import { useQuery } from "@tanstack/react-query";
import { memo, useEffect, useRef } from "react";
import { ArrowDownWideNarrow, MailWarning, Server, Trash } from "lucide-react";
import type { Role } from "../../api/schema/index.ts";
import { ActBar } from "../acts/act-bar.tsx";
import { useRunner } from "../acts/runner.tsx";
import type { Target } from "../acts/target.ts";
import { sessionQuery } from "../data/queries.ts";
import { Button, IconButton, IconToggle } from "../parts/button.tsx";
import { MenuButton } from "../parts/menu.tsx";
import type { ListOf, MailPlace, Scope } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { useLatest } from "../shell/use-latest.ts";
import { useWords } from "../words/use-words.ts";
import "./list-header.css";

interface ListHeaderProps {
  readonly place: MailPlace;
  readonly title: string;
  readonly total: number | null;
  /** What is chosen; null when nothing is. */
  readonly target: Target | null;
  readonly isEverythingSelected: boolean;
  readonly isUnreadOnly: boolean;
  readonly takesFocus: boolean;
  readonly onSelectAll: (isOn: boolean) => void;
  readonly onUnreadOnly: () => void;
}

/** The name of the list and what can be done with it, or with what is chosen in it. Its height never changes. */
export const ListHeader = memo(function ListHeader(props: ListHeaderProps): React.JSX.Element {
  const { place, title, total, target, isEverythingSelected, takesFocus, onSelectAll } = props;
  const { list, scope } = place;
  const { say } = useWords();
  const orderBy = useLatest((order: SearchOrder): void => {
    if (list.kind === "search") go({ ...place, list: { ...list, order } }, "replace");
  });
  const heading = useRef<HTMLHeadingElement>(null);
  // Not a row: while a first download runs, the row that came first is soon far below.
  useEffect(() => {
    if (takesFocus && document.activeElement === document.body) heading.current?.focus();
  }, [takesFocus]);
  return (
    <header className="list-header">
      <label className="choose-all">
        <input
          type="checkbox"
          checked={isEverythingSelected}
          disabled={total === 0}
          aria-label={say("list.choose-all")}
          ref={(box) => {
            if (box !== null) box.indeterminate = target !== null && !isEverythingSelected;
          }}
          onChange={(event) => onSelectAll(event.target.checked)}
        />
      </label>
      {target === null ? (
        <>
          <h1 ref={heading} className="list-title" tabIndex={-1}>
            <bdi>{title}</bdi>
          </h1>
          <span className="list-total">{total === null ? "" : say("list.total", { count: total })}</span>
          <ListActs
            scope={scope}
            role={list.kind === "role" ? list.role : null}
            source={list.kind === "source" ? list.source : null}
            order={list.kind === "search" ? list.order : null}
            isEmpty={total === 0}
            isUnreadOnly={props.isUnreadOnly}
            onUnreadOnly={props.onUnreadOnly}
            onOrder={orderBy}
          />
        </>
      ) : (
        <>
          <h1 className="list-title" tabIndex={-1}>
            {say("list.chosen", { count: target.count })}
          </h1>
          <ActBar target={target} />
        </>
      )}
    </header>
  );
});

type SearchOrder = Extract<ListOf, { kind: "search" }>["order"];

interface ListActsProps extends Pick<ListHeaderProps, "isUnreadOnly" | "onUnreadOnly"> {
  readonly scope: Scope;
  /** Of these three, what the list is not has null. */
  readonly role: Role | null;
  readonly source: string | null;
  readonly order: SearchOrder | null;
  readonly isEmpty: boolean;
  readonly onOrder: (order: SearchOrder) => void;
}

/** The same for all letters of a search. */
const ListActs = memo(function ListActs(props: ListActsProps): React.JSX.Element {
  const { scope, role, source, order, isEmpty, isUnreadOnly, onUnreadOnly, onOrder } = props;
  const { say } = useWords();
  return (
    <div className="list-acts">
      {(role === "trash" || role === "junk") && !isEmpty ? <EmptyButton scope={scope} role={role} /> : null}
      {source !== null ? (
        <IconButton
          icon={Server}
          label={say("server.title")}
          onPress={() => go({ screen: "source", source, tab: "server" })}
        />
      ) : null}
      {order !== null ? (
        <MenuButton
          label={say("search.order")}
          groups={[
            {
              rows: (["newest", "best"] as const).map((one) => ({
                id: one,
                label: say(`search.${one}`),
                isChosen: one === order,
                onAction: () => onOrder(one),
              })),
            },
          ]}
        >
          {(trigger) => (
            <IconButton
              icon={ArrowDownWideNarrow}
              label={say("search.order-now", { order: say(`search.${order}`) })}
              {...trigger}
            />
          )}
        </MenuButton>
      ) : (
        <IconToggle
          icon={MailWarning}
          label={say("list.unread-only")}
          isOn={isUnreadOnly}
          onPress={onUnreadOnly}
          className="filter"
        />
      )}
    </div>
  );
});

/** Empties one account's trash or junk; with several shown, says whose. */
function EmptyButton({ scope, role }: { readonly scope: string; readonly role: "trash" | "junk" }): React.JSX.Element {
  const { say } = useWords();
  const runner = useRunner();
  const { data } = useQuery(sessionQuery);
  const accounts = (data?.accounts ?? []).filter(({ account }) => scope === "all" || account === scope);
  const [only] = accounts;
  if (only !== undefined && accounts.length === 1) {
    return (
      <Button icon={Trash} kind="quiet" onPress={() => runner.empty(only.account, role)}>
        {say("empty.does")}
      </Button>
    );
  }
  const rows = accounts.map(({ account, name }) => ({
    id: account,
    label: name,
    isName: true,
    onAction: () => runner.empty(account, role),
  }));
  return (
    <MenuButton label={say("empty.whose")} groups={[{ title: say("empty.whose"), rows }]}>
      {(trigger) => <IconButton icon={Trash} label={say("empty.does")} {...trigger} />}
    </MenuButton>
  );
}
