// Generated pages are committed, and say what the code says today.
import { runCommand } from "./command.ts";
import type { Verdict } from "./finding.ts";

export async function checkDocs(root: string): Promise<Verdict> {
  const { code, output } = await runCommand("node", ["--conditions=restante-source", "scripts/docs.ts", "--check"], {
    cwd: root,
  });
  const pages = output.match(/^fresh: /gm)?.length ?? 0;
  if (code === 0 && pages > 0) return { problems: [], read: `${pages} pages` };
  return {
    problems: [output.replaceAll(/^fresh: .*\n/gm, "").trim() || "no page was compared"],
    read: `${pages} pages`,
  };
}
