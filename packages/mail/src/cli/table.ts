// Every subcommand, in the order help shows them.
import type { CliCommand } from "./command.ts";
import { accountAdd } from "./commands/account-add.ts";
import { accountApopSecret } from "./commands/account-apop-secret.ts";
import { accountAppPassword } from "./commands/account-app-password.ts";
import { accountDisable } from "./commands/account-disable.ts";
import { accountEnable } from "./commands/account-enable.ts";
import { accountExpire } from "./commands/account-expire.ts";
import { accountList } from "./commands/account-list.ts";
import { accountPasswd } from "./commands/account-passwd.ts";
import { accountQuota } from "./commands/account-quota.ts";
import { accountRemove } from "./commands/account-remove.ts";
import { addressAdd } from "./commands/address-add.ts";
import { addressList } from "./commands/address-list.ts";
import { addressRemove } from "./commands/address-remove.ts";
import { completion } from "./commands/completion.ts";
import { configCheck } from "./commands/config-check.ts";
import { configExplain } from "./commands/config-explain.ts";
import { configSchema } from "./commands/config-schema.ts";
import { deliver } from "./commands/deliver.ts";
import { doctor } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { fetchAudit } from "./commands/fetch-audit.ts";
import { fetchCheck } from "./commands/fetch-check.ts";
import { fetchDaemon } from "./commands/fetch-daemon.ts";
import { fetchPlan } from "./commands/fetch-plan.ts";
import { fetchRun } from "./commands/fetch-run.ts";
import { fetchServerinfo } from "./commands/fetch-serverinfo.ts";
import { fetchSetup } from "./commands/fetch-setup.ts";
import { fetchState } from "./commands/fetch-state.ts";
import { importCommand } from "./commands/import.ts";
import { kick } from "./commands/kick.ts";
import { mailAct } from "./commands/mail-act.ts";
import { mailList } from "./commands/mail-list.ts";
import { mailSearch } from "./commands/mail-search.ts";
import { mailShow } from "./commands/mail-show.ts";
import { mailSources } from "./commands/mail-sources.ts";
import { mailUndo } from "./commands/mail-undo.ts";
import { open } from "./commands/open.ts";
import { popCapa } from "./commands/pop-capa.ts";
import { popDelete } from "./commands/pop-delete.ts";
import { popGet } from "./commands/pop-get.ts";
import { popList } from "./commands/pop-list.ts";
import { popTop } from "./commands/pop-top.ts";
import { popVerify } from "./commands/pop-verify.ts";
import { serve } from "./commands/serve.ts";
import { up } from "./commands/up.ts";
import { who } from "./commands/who.ts";

export const COMMANDS: readonly CliCommand[] = [
  up,
  serve,
  open,
  accountAdd,
  accountList,
  accountPasswd,
  accountDisable,
  accountEnable,
  accountRemove,
  accountAppPassword,
  accountApopSecret,
  accountExpire,
  accountQuota,
  addressAdd,
  addressList,
  addressRemove,
  deliver,
  importCommand,
  exportCommand,
  fetchRun,
  fetchDaemon,
  fetchCheck,
  fetchPlan,
  fetchServerinfo,
  fetchSetup,
  fetchState,
  fetchAudit,
  mailList,
  mailSearch,
  mailShow,
  mailAct,
  mailUndo,
  mailSources,
  popList,
  popGet,
  popTop,
  popDelete,
  popCapa,
  popVerify,
  who,
  kick,
  configCheck,
  configExplain,
  configSchema,
  doctor,
  completion,
];
