import { Archive, Folder, Inbox, type LucideIcon, MailCheck, PencilLine, ShieldAlert, Trash2 } from "lucide-react";
import type { Role } from "../../api/schema/index.ts";

export const ROLE_ICONS: Readonly<Record<Role | "none", LucideIcon>> = {
  inbox: Inbox,
  archive: Archive,
  junk: ShieldAlert,
  trash: Trash2,
  sent: MailCheck,
  drafts: PencilLine,
  none: Folder,
};
