import { startDaemon, type SourceReport } from "../../retriever/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine, warn } from "../io.ts";
import { openLog } from "../open-log.ts";
import {
  chosenSources,
  FETCH_OPTIONS,
  refuseStrayOptions,
  SOURCES_ARGUMENT,
  TYPED_SOURCE_OPTIONS,
} from "./fetch/options.ts";
import { summaryOf } from "./fetch/summary.ts";
import { withFetchHouse } from "./fetch/with-house.ts";

export const fetchDaemon: CliCommand = {
  name: "fetch daemon",
  summary: "collect again and again, each source at its own pace; up and serve do the same beside serving",
  arguments: [SOURCES_ARGUMENT],
  options: { ...FETCH_OPTIONS, ...TYPED_SOURCE_OPTIONS },
  examples: [
    "restante fetch daemon -c /etc/restante.toml",
    "restante fetch daemon --json | jq .arrived.messages",
    "restante fetch daemon pops://anna@pop.example.org --account anna --password-command 'pass pop'",
  ],
  async run(input, io) {
    refuseStrayOptions(input);
    const { config, sources } = chosenSources(input, io);
    const isJson = isSet(input.values, "json");
    const log = openLog(config, io);
    const onReport = (report: SourceReport): void => {
      if (isJson) printJson(io, report);
      else for (const line of summaryOf(report)) printLine(io, line);
    };
    try {
      const onStop = (): void => void (isJson || warn(io, "stopping; once more ends at once"));
      return await withFetchHouse({ config, sources, io, log, onStop }, async ({ signal, ...house }) => {
        const daemon = startDaemon({ sources, house, onReport });
        const wake = (): void => void daemon.wake();
        process.on("SIGUSR1", wake);
        try {
          if (isJson) printJson(io, { event: "ready", sources: sources.map(({ name }) => name), pid: process.pid });
          else warn(io, `collecting from ${sources.map(({ name }) => name).join(", ")}; SIGUSR1 looks at once`);
          if (!signal.aborted)
            await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        } finally {
          process.off("SIGUSR1", wake);
          await daemon.stop();
        }
        if (isJson) printJson(io, { event: "stopped" });
        return EXIT.OK;
      });
    } finally {
      log.flush();
    }
  },
};
