import { Check } from "lucide-react";
import type { RefObject } from "react";
import { Header, Menu, MenuItem, MenuSection, Popover, Separator } from "react-aria-components";
import { AriaLocale } from "./aria-locale.tsx";
import type { MenuGroup, MenuRow } from "./menu.tsx";
import "./menu.css";

interface OpenMenuProps {
  readonly trigger: RefObject<HTMLButtonElement | null>;
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  readonly focus: "first" | "last" | "menu";
  readonly onClose: () => void;
}

/** A menu that is open as long as it is drawn. */
export function OpenMenu({ trigger, label, groups, focus, onClose }: OpenMenuProps): React.JSX.Element {
  const shown = groups.filter((group) => group.rows.length > 0);
  return (
    <AriaLocale>
      <Popover
        triggerRef={trigger}
        trigger="MenuTrigger"
        isOpen
        onOpenChange={onClose}
        aria-label={label}
        className="popover"
        placement="bottom start"
        offset={4}
      >
        {/* Whoever opened it is about to choose in it. */}
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
        <Menu className="menu" aria-label={label} autoFocus={focus === "menu" ? true : focus} onClose={onClose}>
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
    </AriaLocale>
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
