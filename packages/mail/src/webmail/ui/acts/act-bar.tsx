import {
  Archive,
  Download,
  Ellipsis,
  FolderInput,
  Inbox,
  Mail,
  MailOpen,
  ShieldAlert,
  ShieldCheck,
  Tag,
  Trash,
  Trash2,
} from "lucide-react";
import { useHint } from "../keys/commands.tsx";
import { selectionUrl } from "../organise/export-url.ts";
import { IconButton } from "../parts/button.tsx";
import { MenuButton, type MenuRow } from "../parts/menu.tsx";
import type { Words } from "../words/words.ts";
import { useWords } from "../words/use-words.ts";
import { useRunner } from "./runner.tsx";
import type { Target } from "./target.ts";

interface ActBarProps {
  readonly target: Target;
  /** There is no room for all of them in one line: the last stand in a menu. */
  readonly isShort?: boolean;
}

/** The buttons of a selection, or of an open conversation: those that would change something where it is. */
export function ActBar({ target, isShort = false }: ActBarProps): React.JSX.Element {
  const { say } = useWords();
  const hint = useHint();
  const runner = useRunner();
  const { role, isUnread } = target;
  const reading = isUnread ? "read" : "unread";
  return (
    <div className="act-bar" role="toolbar" aria-label={say("act.bar")}>
      {role === "archive" || role === "trash" ? (
        <IconButton icon={Inbox} label={say("act.inbox")} onPress={() => runner.run("inbox", target)} />
      ) : (
        <IconButton
          icon={Archive}
          label={say("act.archive")}
          hint={hint("archive")}
          onPress={() => runner.run("archive", target)}
        />
      )}
      {role === "sent" || role === "drafts" ? null : (
        <IconButton
          icon={role === "junk" ? ShieldCheck : ShieldAlert}
          label={say(role === "junk" ? "act.not-junk" : "act.junk")}
          hint={hint("junk")}
          onPress={() => runner.run("junk", target)}
        />
      )}
      {role === "trash" ? (
        <IconButton
          icon={Trash}
          label={say("act.delete")}
          hint={hint("delete")}
          onPress={() => runner.run("delete", target)}
        />
      ) : (
        <IconButton
          icon={Trash2}
          label={say("act.trash")}
          hint={hint("trash")}
          onPress={() => runner.run("trash", target)}
        />
      )}
      <IconButton icon={FolderInput} label={say("act.move")} hint={hint("move")} onPress={() => runner.move(target)} />
      <IconButton icon={Tag} label={say("act.label")} hint={hint("label")} onPress={() => runner.label(target)} />
      {isShort ? (
        <MenuButton
          label={say("act.else")}
          groups={[
            {
              rows: [
                {
                  id: reading,
                  label: say(`act.${reading}`),
                  icon: isUnread ? MailOpen : Mail,
                  onAction: () => runner.run(reading, target),
                },
              ],
            },
            { rows: saveRows(say, target) },
          ]}
        >
          {(trigger) => <IconButton icon={Ellipsis} label={say("act.else")} {...trigger} />}
        </MenuButton>
      ) : (
        <>
          <IconButton
            icon={isUnread ? MailOpen : Mail}
            label={say(`act.${reading}`)}
            hint={hint(reading)}
            onPress={() => runner.run(reading, target)}
          />
          <SaveMenu target={target} />
        </>
      )}
    </div>
  );
}

/** What saves it as one file; none for what belongs to several accounts. */
function saveRows(say: Words["say"], target: Target): readonly MenuRow[] {
  return (["mbox", "zip"] as const).flatMap((format) => {
    const href = selectionUrl(target, format);
    return href === undefined ? [] : [{ id: format, label: say(`transfer.${format}`), href, download: "" }];
  });
}

function SaveMenu({ target }: { readonly target: Target }): React.JSX.Element | null {
  const { say } = useWords();
  const rows = saveRows(say, target);
  if (rows.length === 0) return null;
  return (
    <MenuButton label={say("transfer.selection")} groups={[{ rows }]}>
      {(trigger) => <IconButton icon={Download} label={say("transfer.selection")} {...trigger} />}
    </MenuButton>
  );
}
