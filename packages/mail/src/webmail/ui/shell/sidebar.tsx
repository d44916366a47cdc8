import { useQuery } from "@tanstack/react-query";
import { Mails, Plus, Send, SlidersHorizontal, SquarePen, Star } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { MailboxRow, Role } from "../../api/schema/index.ts";
import { useComposer } from "../compose/composer.tsx";
import { mailboxesQuery, sourcesQuery } from "../data/queries.ts";
import { draftsQuery, outboxQuery } from "../data/writing-queries.ts";
import { mailboxName } from "../list/row-name.ts";
import { Button } from "../parts/button.tsx";
import { formatPlace, type ListOf, type Place, type Scope } from "../place/place.ts";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";
import { AccountMenu } from "./account-menu.tsx";
import { ROLE_ICONS } from "./role-icons.ts";
import { SCREENS } from "./screens.tsx";
import { SourceLink } from "./source-link.tsx";
import "./sidebar.css";

/** In the order a person looks for them. */
const ROLES: readonly Role[] = ["inbox", "sent", "archive", "junk", "trash"];
/** Nobody looks for these before there is mail in them. */
const HIDDEN_WHEN_EMPTY: ReadonlySet<Role> = new Set<Role>(["sent"]);
/** Where a count of unread mail is worth a glance. */
const COUNTED: ReadonlySet<Role | null> = new Set<Role | null>(["inbox", null]);

interface SidebarProps {
  readonly place: Place;
  readonly scope: Scope;
  readonly onGo: () => void;
}

export const Sidebar = memo(function Sidebar({ place, scope, onGo }: SidebarProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const composer = useComposer();
  const { data: drafts = [] } = useQuery(draftsQuery);
  const { data: outbox } = useQuery(outboxQuery);
  const { data } = useQuery(mailboxesQuery(scope));
  const { data: sources } = useQuery(sourcesQuery);
  const mailboxes = data?.mailboxes ?? [];
  const shown = ROLES.map((role) => sumOf(mailboxes, role)).filter(
    ({ role, messages }) => messages > 0 || !HIDDEN_WHEN_EMPTY.has(role),
  );
  const own = scope === "all" ? [] : mailboxes.filter(({ role }) => role === null);
  const to = (list: ListOf): string => formatPlace({ screen: "mail", scope, list, open: null });
  const isAt = (list: ListOf): boolean => place.screen === "mail" && sameList(place.list, list);
  return (
    <div className="sidebar">
      <AccountMenu scope={scope} onGo={onGo} />
      <div className="side-compose">
        <Button
          kind="primary"
          icon={SquarePen}
          onPress={() => {
            onGo();
            composer.begin();
          }}
        >
          {say("side.compose")}
        </Button>
      </div>
      <nav aria-label={say("side.mailboxes")}>
        <ul>
          {shown.map(({ role, unread }) => (
            <Entry
              key={role}
              icon={ROLE_ICONS[role]}
              href={to({ kind: "role", role })}
              isCurrent={isAt({ kind: "role", role })}
              count={COUNTED.has(role) ? unread : 0}
              onGo={onGo}
            >
              {role === "inbox" && scope === "all" ? say("side.all-inboxes") : say(`role.${role}`)}
            </Entry>
          ))}
          <Entry icon={Star} href={to({ kind: "starred" })} isCurrent={isAt({ kind: "starred" })} count={0} onGo={onGo}>
            {say("side.starred")}
          </Entry>
          <Entry icon={Mails} href={to({ kind: "all" })} isCurrent={isAt({ kind: "all" })} count={0} onGo={onGo}>
            {say("side.all-mail")}
          </Entry>
          <Entry
            icon={ROLE_ICONS.drafts}
            href={formatPlace({ screen: "drafts" })}
            isCurrent={place.screen === "drafts"}
            count={drafts.length}
            counts="side.drafts"
            onGo={onGo}
          >
            {say("role.drafts")}
          </Entry>
          <Entry
            icon={Send}
            href={formatPlace({ screen: "outbox" })}
            isCurrent={place.screen === "outbox"}
            count={(outbox?.rows ?? []).filter(({ state }) => state !== "sent").length}
            counts="side.leaving"
            onGo={onGo}
          >
            {say("screen.outbox")}
          </Entry>
          {own.map((mailbox) => (
            <Entry
              key={mailbox.mailbox}
              icon={ROLE_ICONS.none}
              href={to({ kind: "mailbox", mailbox: mailbox.mailbox })}
              isCurrent={isAt({ kind: "mailbox", mailbox: mailbox.mailbox })}
              count={mailbox.unread}
              onGo={onGo}
            >
              <bdi>{mailboxName(words, mailbox)}</bdi>
            </Entry>
          ))}
        </ul>
      </nav>
      <ul>
        <Entry
          icon={SlidersHorizontal}
          href={formatPlace({ screen: "organise", page: "rules", begin: null })}
          isCurrent={place.screen === "organise"}
          count={0}
          onGo={onGo}
        >
          {say("screen.organise")}
        </Entry>
      </ul>
      {sources === undefined || (sources.sources.length === 0 && SCREENS["add-source"] === undefined) ? null : (
        <nav aria-label={say("side.sources")}>
          <h2 className="side-title">{say("side.sources")}</h2>
          <ul>
            {sources.sources.map((source) => (
              <SourceLink key={source.source} source={source} place={place} scope={scope} onGo={onGo} />
            ))}
            {SCREENS["add-source"] === undefined ? null : (
              <Entry
                icon={Plus}
                href={formatPlace({ screen: "add-source" })}
                isCurrent={place.screen === "add-source"}
                count={0}
                onGo={onGo}
              >
                {say("side.add-source")}
              </Entry>
            )}
          </ul>
        </nav>
      )}
    </div>
  );
});

interface EntryProps {
  readonly icon: LucideIcon;
  readonly href: string;
  readonly isCurrent: boolean;
  readonly count: number;
  /** What is counted, for those who hear it; unread mail unless said otherwise. */
  readonly counts?: WordId;
  readonly children: ReactNode;
  readonly onGo: () => void;
}

/** A list that is gone to changes two of them. */
const Entry = memo(function Entry(props: EntryProps): React.JSX.Element {
  const { icon: Icon, href, isCurrent, count, counts = "side.unread", children, onGo } = props;
  const { say } = useWords();
  return (
    <li>
      <a className="side-entry" href={href} aria-current={isCurrent ? "page" : undefined} onClick={onGo}>
        <Icon size={18} aria-hidden />
        <span className="side-name">{children}</span>
        {count > 0 ? (
          <span className="side-count">
            <span aria-hidden>{say("side.count", { count })}</span>
            <span className="unseen">{say(counts, { count })}</span>
          </span>
        ) : null}
      </a>
    </li>
  );
});

interface RoleSum {
  readonly role: Role;
  readonly messages: number;
  readonly unread: number;
}

function sumOf(mailboxes: readonly MailboxRow[], role: Role): RoleSum {
  const ours = mailboxes.filter((mailbox) => mailbox.role === role);
  return {
    role,
    messages: ours.reduce((sum, { messages }) => sum + messages, 0),
    unread: ours.reduce((sum, { unread }) => sum + unread, 0),
  };
}

function sameList(a: ListOf, b: ListOf): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
