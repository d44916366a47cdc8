// Refusals to open a store. Their messages are for the person at the keyboard and say what to do.

/** Another process owns the data directory. `pid` is undefined when it could not be learnt. */
export class StoreOwnedError extends Error {
  readonly pid: number | undefined;
  readonly directory: string;
  constructor(directory: string, pid: number | undefined) {
    const owner = pid === undefined ? "another process" : `process ${pid}`;
    super(`${directory} is in use by ${owner}: stop it first, or talk to it over its control socket`);
    this.name = "StoreOwnedError";
    this.directory = directory;
    this.pid = pid;
  }
}

/** The store was written by a newer build. */
export class SchemaTooNewError extends Error {
  readonly found: number;
  readonly known: number;
  constructor(path: string, o: { readonly found: number; readonly known: number }) {
    super(
      `${path} has schema version ${o.found}, this build knows up to ${o.known}: start the newer build, or restore a backup`,
    );
    this.name = "SchemaTooNewError";
    this.found = o.found;
    this.known = o.known;
  }
}

/** The directory holds something that is not a store of ours; with a cause, it may be one that is damaged. */
export class NotAStoreError extends Error {
  constructor(path: string, options?: { readonly cause?: unknown }) {
    const isNone = "is not a mail store: choose another data directory";
    const mayBe = "is not a mail store, or is damaged: restore it from a backup, or choose another data directory";
    super(`${path} ${options?.cause === undefined ? isNone : mayBe}`, options);
    this.name = "NotAStoreError";
  }
}
