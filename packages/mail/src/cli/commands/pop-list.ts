import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine, printTable, warn } from "../io.ts";
import { POP_OPTIONS, popAuth, popTarget, URL_ARGUMENT } from "./pop/options.ts";
import { withSession } from "./pop/session.ts";

export const popList: CliCommand = {
  name: "pop list",
  summary: "list the messages of a maildrop: number, octets, unique-id",
  arguments: [URL_ARGUMENT],
  options: POP_OPTIONS,
  examples: [
    "restante pop list pops://anna@pop.example.org",
    "restante pop list --password-command 'pass show mail/anna' pops://anna@pop.example.org --json",
  ],
  async run(input, io) {
    const target = popTarget(input, io);
    const auth = await popAuth(target, input, io);
    const listing = await withSession(target, auth, (session) => session.list());
    const octets = listing.entries.reduce((sum, entry) => sum + entry.octets, 0);
    if (isSet(input.values, "json")) {
      const messages = listing.entries.map(({ n, octets: size, uniqueId }) => ({ n, octets: size, uniqueId }));
      printJson(io, { count: messages.length, octets, isComplete: listing.isComplete, messages });
      return EXIT.OK;
    }
    if (listing.entries.length === 0) printLine(io, "No messages.");
    else {
      const rows = listing.entries.map((entry) => [entry.n, entry.octets, entry.uniqueId ?? "-"]);
      printTable(io, ["number", "octets", "unique-id"], rows);
    }
    if (!listing.isComplete) warn(io, `warning: ${oddities(listing)}`);
    return EXIT.OK;
  },
};

function oddities(o: { readonly hasUniqueIds: boolean; readonly duplicateUniqueIds: readonly string[] }): string {
  if (!o.hasUniqueIds) return "the server gives no unique-ids";
  if (o.duplicateUniqueIds.length > 0) return `several messages share a unique-id: ${o.duplicateUniqueIds.join(", ")}`;
  return "the server's two listings do not agree";
}
