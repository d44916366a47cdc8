// RFC 6858 §2.2: MIME parameters that hold more than ASCII are taken out, the others stay as they came.
import { isAsciiText } from "./ascii.ts";

/** The value without them; undefined when what is left still is not ASCII. */
export function presentableMimeValue(value: string): string | undefined {
  const [main = "", ...parameters] = partsOf(value);
  // One value may be cut into filename*0, filename*1, …: without one of them the others mean something else (RFC 2231 §3).
  const gone = new Set(parameters.filter((part) => !isAsciiText(part)).map(baseName));
  const kept = [main, ...parameters.filter((part) => !gone.has(baseName(part)))].join(";").trimEnd();
  return isAsciiText(kept) ? kept : undefined;
}

/** A parameter's value, quotes taken away; undefined when it has none of this name. */
export function parameterOf(value: string, name: string): string | undefined {
  for (const part of partsOf(value).slice(1)) {
    const [, key = "", quoted, bare] = /^\s*([^\s=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"(]*))/su.exec(part) ?? [];
    if (key.toLowerCase() === name) return quoted === undefined ? bare : quoted.replaceAll(/\\(.)/gsu, "$1");
  }
  return undefined;
}

/** `multipart/mixed`, lower case, without parameters and comments. */
export function mediaTypeOf(value: string): string {
  return /^\s*([^\s;()]*)/u.exec(value)?.[1]?.toLowerCase() ?? "";
}

/** Cut at the semicolons that stand in no quotes and no comment. */
function partsOf(value: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (character === "\\") at += 1;
    else if (character === '"' && depth === 0) isQuoted = !isQuoted;
    else if (!isQuoted && character === "(") depth += 1;
    else if (!isQuoted && character === ")") depth = Math.max(0, depth - 1);
    else if (!isQuoted && depth === 0 && character === ";") {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, value.slice(start)];
}

function baseName(part: string): string {
  return /^\s*([^\s=*]*)/u.exec(part)?.[1]?.toLowerCase() ?? "";
}
