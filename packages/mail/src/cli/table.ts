// Every subcommand, in the order help shows them. The modules of one are loaded when it is typed: most of this program is
// needed by a few of them only, and starting takes longer than many have to do.
import type { CliCommand } from "./command.ts";

const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  up: async () => (await import("./commands/up.ts")).up,
  serve: async () => (await import("./commands/serve.ts")).serve,
  open: async () => (await import("./commands/open.ts")).open,
  "account add": async () => (await import("./commands/account-add.ts")).accountAdd,
  "account list": async () => (await import("./commands/account-list.ts")).accountList,
  "account passwd": async () => (await import("./commands/account-passwd.ts")).accountPasswd,
  "account disable": async () => (await import("./commands/account-disable.ts")).accountDisable,
  "account enable": async () => (await import("./commands/account-enable.ts")).accountEnable,
  "account remove": async () => (await import("./commands/account-remove.ts")).accountRemove,
  "account app-password": async () => (await import("./commands/account-app-password.ts")).accountAppPassword,
  "account apop-secret": async () => (await import("./commands/account-apop-secret.ts")).accountApopSecret,
  "account expire": async () => (await import("./commands/account-expire.ts")).accountExpire,
  "account quota": async () => (await import("./commands/account-quota.ts")).accountQuota,
  "address add": async () => (await import("./commands/address-add.ts")).addressAdd,
  "address list": async () => (await import("./commands/address-list.ts")).addressList,
  "address remove": async () => (await import("./commands/address-remove.ts")).addressRemove,
  deliver: async () => (await import("./commands/deliver.ts")).deliver,
  import: async () => (await import("./commands/import.ts")).importCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  "fetch run": async () => (await import("./commands/fetch-run.ts")).fetchRun,
  "fetch daemon": async () => (await import("./commands/fetch-daemon.ts")).fetchDaemon,
  "fetch check": async () => (await import("./commands/fetch-check.ts")).fetchCheck,
  "fetch plan": async () => (await import("./commands/fetch-plan.ts")).fetchPlan,
  "fetch serverinfo": async () => (await import("./commands/fetch-serverinfo.ts")).fetchServerinfo,
  "fetch setup": async () => (await import("./commands/fetch-setup.ts")).fetchSetup,
  "fetch state": async () => (await import("./commands/fetch-state.ts")).fetchState,
  "fetch audit": async () => (await import("./commands/fetch-audit.ts")).fetchAudit,
  "mail list": async () => (await import("./commands/mail-list.ts")).mailList,
  "mail search": async () => (await import("./commands/mail-search.ts")).mailSearch,
  "mail show": async () => (await import("./commands/mail-show.ts")).mailShow,
  "mail act": async () => (await import("./commands/mail-act.ts")).mailAct,
  "mail undo": async () => (await import("./commands/mail-undo.ts")).mailUndo,
  "mail sources": async () => (await import("./commands/mail-sources.ts")).mailSources,
  "pop list": async () => (await import("./commands/pop-list.ts")).popList,
  "pop get": async () => (await import("./commands/pop-get.ts")).popGet,
  "pop top": async () => (await import("./commands/pop-top.ts")).popTop,
  "pop delete": async () => (await import("./commands/pop-delete.ts")).popDelete,
  "pop capa": async () => (await import("./commands/pop-capa.ts")).popCapa,
  "pop verify": async () => (await import("./commands/pop-verify.ts")).popVerify,
  who: async () => (await import("./commands/who.ts")).who,
  kick: async () => (await import("./commands/kick.ts")).kick,
  "config check": async () => (await import("./commands/config-check.ts")).configCheck,
  "config explain": async () => (await import("./commands/config-explain.ts")).configExplain,
  "config schema": async () => (await import("./commands/config-schema.ts")).configSchema,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  completion: async () => (await import("./commands/completion.ts")).completion,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** All unless named. Every name is one of COMMAND_NAMES. */
export function loadCommands(names: readonly string[] = COMMAND_NAMES): Promise<readonly CliCommand[]> {
  return Promise.all(
    names.map((name) => {
      const load = COMMANDS[name];
      if (load === undefined) throw new Error(`the command table lacks ${name}`);
      return load();
    }),
  );
}

/** What the words typed may be about: one command, those of a group, none for the version, or all. */
export function namedBy([first = "", second = ""]: readonly string[]): readonly string[] {
  if (first === "--version" || first === "-V") return [];
  const one = COMMAND_NAMES.find((name) => name === first || name === `${first} ${second}`);
  if (one !== undefined) return [one];
  const group = COMMAND_NAMES.filter((name) => name.startsWith(`${first} `));
  return group.length > 0 ? group : COMMAND_NAMES;
}
