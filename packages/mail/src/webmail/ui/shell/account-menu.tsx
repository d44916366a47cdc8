import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown } from "lucide-react";
import { memo } from "react";
import { sessionQuery } from "../data/queries.ts";
import { MenuButton } from "../parts/menu.tsx";
import { INBOX, type Scope } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { useWords } from "../words/use-words.ts";

interface AccountMenuProps {
  readonly scope: Scope;
  readonly onGo: () => void;
}

/** Whose mail is shown: one account's, or everybody's. With one account there is nothing to choose, and with none
 * nobody to name. */
export const AccountMenu = memo(function AccountMenu({ scope, onGo }: AccountMenuProps): React.JSX.Element | null {
  const { say } = useWords();
  const { data } = useQuery(sessionQuery);
  if (data?.accounts.length === 0) return null;
  const accounts = data?.accounts ?? [];
  const current = accounts.find(({ account }) => account === scope);
  const name = current?.name ?? say("account.all");
  const address = current === undefined ? say("account.count", { count: accounts.length }) : current.addresses[0];
  const show = (to: Scope): void => {
    onGo();
    go({ ...INBOX, scope: to });
  };
  const rows = [
    { id: "all", label: say("account.all"), isChosen: scope === "all", onAction: () => show("all") },
    ...accounts.map(({ account, name: label }) => ({
      id: account,
      label,
      isName: true,
      isChosen: account === scope,
      onAction: () => show(account),
    })),
  ];
  return (
    <MenuButton label={say("account.choose")} groups={[{ rows: accounts.length > 1 ? rows : rows.slice(1) }]}>
      {({ onPress, ...trigger }) => (
        <button type="button" className="account-button" onClick={onPress} {...trigger}>
          <span className="account-mark" aria-hidden>
            {[...name][0]?.toLocaleUpperCase()}
          </span>
          <span className="account-names">
            <bdi className="account-name">{name}</bdi>
            {address === undefined ? null : <bdi className="account-address">{address}</bdi>}
          </span>
          <ChevronsUpDown size={16} aria-hidden />
        </button>
      )}
    </MenuButton>
  );
});
