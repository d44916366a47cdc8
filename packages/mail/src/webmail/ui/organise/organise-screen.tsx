// Mailboxes, labels, rules and addresses of one account; mail in and out of it.
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useState } from "react";
import { sessionQuery } from "../data/queries.ts";
import { Tabs } from "../parts/tabs.tsx";
import { formatPlace, type OrganisePage, type Place, type RuleBeginning } from "../place/place.ts";
import { useWords } from "../words/use-words.ts";
import { AddressesPage } from "./addresses-page.tsx";
import { LabelsPage } from "./labels-page.tsx";
import { MailboxesPage } from "./mailboxes-page.tsx";
import { RulesPage } from "./rules-page.tsx";
import { TransferPage } from "./transfer-page.tsx";
import "../parts/form.css";
import "./organise.css";

export interface PageProps {
  readonly account: string;
  readonly begin: RuleBeginning | null;
}

const PAGES: Readonly<Record<OrganisePage, ComponentType<PageProps>>> = {
  rules: RulesPage,
  mailboxes: MailboxesPage,
  labels: LabelsPage,
  addresses: AddressesPage,
  transfer: TransferPage,
};
const ORDER = Object.keys(PAGES) as readonly OrganisePage[];

interface OrganiseScreenProps {
  readonly place: Extract<Place, { screen: "organise" }>;
}

export function OrganiseScreen({ place }: OrganiseScreenProps): React.JSX.Element {
  const { say } = useWords();
  const { data: session } = useQuery(sessionQuery);
  const accounts = session?.accounts ?? [];
  const [chosen, setChosen] = useState<string | null>(place.begin?.account ?? null);
  const account = chosen ?? accounts[0]?.account;
  const Page = PAGES[place.page];
  return (
    <div className="organise" data-pane>
      <header className="organise-head">
        <h1>{say("screen.organise")}</h1>
        {accounts.length < 2 ? null : (
          <label className="organise-account">
            <span>{say("organise.account")}</span>
            <select value={account} onChange={({ target }) => setChosen(target.value)}>
              {accounts.map(({ account: id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      <div className="organise-pages">
        <Tabs
          label={say("organise.pages")}
          tabs={ORDER.map((page) => ({
            href: formatPlace({ screen: "organise", page, begin: null }),
            label: say(`organise.${page}`),
            isOpen: page === place.page,
          }))}
        />
      </div>
      {account === undefined ? null : (
        <section className="organise-page" aria-labelledby="organise-title">
          <h2 id="organise-title">{say(`organise.${place.page}`)}</h2>
          <Page key={`${place.page} ${account}`} account={account} begin={place.begin} />
        </section>
      )}
    </div>
  );
}
