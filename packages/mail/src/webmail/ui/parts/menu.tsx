import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from "react-aria-components";
import { Check } from "lucide-react";
import "./menu.css";

export interface MenuRow {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly hint?: string | undefined;
  /** Drawn with a tick: one of several. */
  readonly isChosen?: boolean;
  readonly isDanger?: boolean;
  /** A link, opened in a tab of its own. */
  readonly href?: string;
  /** Saved under this name instead of opened. */
  readonly download?: string;
  /** The label is a name somebody chose, not a text of ours. */
  readonly isName?: boolean;
  readonly onAction?: () => void;
}

export interface MenuGroup {
  readonly title?: string;
  readonly rows: readonly MenuRow[];
}

interface MenuButtonProps {
  /** What opens it: one button. */
  readonly children: ReactNode;
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

export function MenuButton({ children, label, groups, ...open }: MenuButtonProps): React.JSX.Element {
  const shown = groups.filter((group) => group.rows.length > 0);
  return (
    <MenuTrigger {...open}>
      {children}
      <Popover className="popover" placement="bottom start" offset={4}>
        <Menu className="menu" aria-label={label}>
          {shown.flatMap((group, at) => [
            ...(at === 0 ? [] : [<Separator key={`line-${at}`} className="menu-line" />]),
            <MenuSection key={`group-${at}`} {...(group.title === undefined ? { "aria-label": label } : {})}>
              {group.title === undefined ? null : <Header className="menu-title">{group.title}</Header>}
              {group.rows.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </MenuSection>,
          ])}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Row({ row }: { readonly row: MenuRow }): React.JSX.Element {
  const Icon = row.isChosen === true ? Check : row.icon;
  const link =
    row.href === undefined
      ? {}
      : {
          href: row.href,
          ...(row.download === undefined ? { target: "_blank", rel: "noopener" } : { download: row.download }),
        };
  return (
    <MenuItem
      id={row.id}
      className={row.isDanger === true ? "menu-row danger" : "menu-row"}
      textValue={row.label}
      {...link}
      {...(row.onAction === undefined ? {} : { onAction: row.onAction })}
    >
      <span className="menu-icon">{Icon === undefined ? null : <Icon size={16} aria-hidden />}</span>
      {row.isName === true ? <bdi>{row.label}</bdi> : <span>{row.label}</span>}
      {row.hint === undefined ? null : <kbd className="key">{row.hint}</kbd>}
    </MenuItem>
  );
}
