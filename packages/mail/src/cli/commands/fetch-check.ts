import { renderOctets } from "../../observe/index.ts";
import { checkSource, exitOf, FETCH_EXIT, worstOf, type FetchExit, type SourceCheck } from "../../retriever/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { printJson, printTable } from "../io.ts";
import {
  chosenSources,
  FETCH_OPTIONS,
  refuseStrayOptions,
  SOURCES_ARGUMENT,
  TYPED_SOURCE_OPTIONS,
} from "./fetch/options.ts";
import { eachSource } from "./fetch/each-source.ts";
import { withFetchHouse } from "./fetch/with-house.ts";

export const fetchCheck: CliCommand = {
  name: "fetch check",
  summary: "count what waits in each source, without collecting it",
  arguments: [SOURCES_ARGUMENT],
  options: {
    ...FETCH_OPTIONS,
    "fail-on-empty": { summary: "exit with 1 when there is no new mail" },
    ...TYPED_SOURCE_OPTIONS,
  },
  examples: ["restante fetch check", "restante fetch check work --fail-on-empty && notify-send 'You have mail'"],
  async run(input, io) {
    refuseStrayOptions(input);
    const { config, sources } = chosenSources(input, io);
    const isJson = isSet(input.values, "json");
    const found: SourceCheck[] = [];
    const exits = await withFetchHouse({ config, sources, io }, (house) =>
      eachSource({
        sources,
        io,
        house,
        look: (source) => checkSource(source, house),
        told: (check): FetchExit => {
          found.push(check);
          if (isJson) printJson(io, check);
          return FETCH_EXIT.OK;
        },
        failed: (error) => exitOf(error),
        isJson,
      }),
    );
    if (!isJson && found.length > 0)
      printTable(
        io,
        ["source", "messages", "octets", "new", "new octets", "to remove"],
        found.map((row) => [
          row.source,
          row.messages,
          renderOctets(row.octets),
          row.fresh,
          renderOctets(row.freshOctets),
          row.toRemove,
        ]),
      );
    const worst = worstOf(exits);
    const isEmpty = found.every(({ fresh }) => fresh === 0);
    return worst === FETCH_EXIT.OK && isEmpty && isSet(input.values, "fail-on-empty") ? FETCH_EXIT.EMPTY : worst;
  },
};
