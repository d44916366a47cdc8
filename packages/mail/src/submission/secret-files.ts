// Passwords in files of mode 0600, one each, in a folder of mode 0700.
import { chmod, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, syncFolder } from "../files/index.ts";
import type { SecretFiles } from "./identities.ts";

const NAME = /^[\w.@-]{1,200}$/;
/** Behind the name of one that is being written; a domain may end as a plain suffix does, and has no @. */
const NEW = "@new";

export function secretFiles(folder: string): SecretFiles {
  const pathOf = (name: string): string => {
    if (!NAME.test(name)) throw new RangeError("a secret's name has 1 to 200 plain characters");
    return join(folder, name);
  };
  return {
    async read(name) {
      try {
        return await readFile(pathOf(name), "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async write(name, secret) {
      const path = pathOf(name);
      makeFolder(folder);
      const file = await open(`${path}${NEW}`, "w", 0o600);
      try {
        // A file that was there keeps its mode when it is opened.
        await chmod(`${path}${NEW}`, 0o600);
        await file.writeFile(secret);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}${NEW}`, path);
      await syncFolder(folder);
    },
    async remove(name) {
      const path = pathOf(name);
      // Also what a process left that ended while it wrote.
      for (const one of [path, `${path}${NEW}`]) await rm(one, { force: true });
      await syncFolder(folder).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      });
    },
    async names() {
      try {
        return (await readdir(folder)).filter((name) => NAME.test(name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
    },
  };
}
