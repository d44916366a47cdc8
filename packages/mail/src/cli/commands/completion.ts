import { completionScript, SHELLS } from "../completion.ts";
import { argument, isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson } from "../io.ts";

export const completion: CliCommand = {
  name: "completion",
  summary: "print the script that lets a shell complete restante's commands",
  arguments: [{ name: "shell", summary: "bash, zsh or fish", completes: SHELLS }],
  examples: [
    'eval "$(restante completion bash)"',
    "restante completion zsh > ~/.zfunc/_restante",
    "restante completion fish > ~/.config/fish/completions/restante.fish",
  ],
  async run(input, io) {
    const named = argument(input, "shell");
    const shell = SHELLS.find((candidate) => candidate === named);
    if (shell === undefined)
      throw new CliError("usage", `there is no completion for ${named}; write one of ${SHELLS.join(", ")}`);
    // The table holds this command, so it is asked for only when it runs.
    const { loadCommands } = await import("../table.ts");
    const script = completionScript(shell, await loadCommands());
    if (isSet(input.values, "json")) printJson(io, { shell, script });
    else io.stdout.write(script);
    return EXIT.OK;
  },
};
