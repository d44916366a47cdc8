// Labels: the keyword a message carries, the name people read, and a colour. One document an account.
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Documents } from "../../../mailstore/index.ts";
import { ApiError } from "../api-error.ts";
import { label as labelSchema, type LabelRow } from "../schema/organising.ts";

const KIND = "labels";
const ID = "all";
const LABELS_MAX = 100;

interface Labelled {
  readonly labels: LabelRow[];
  readonly unread: readonly unknown[];
  readonly version: number;
}

export class Labels {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async list(account: string): Promise<readonly LabelRow[]> {
    return (await this.#read(account)).labels;
  }

  /** Without a keyword a new one is made. Throws ApiError `conflict` for a name that is taken. */
  save(account: string, o: Omit<LabelRow, "label"> & { readonly label?: string | undefined }): Promise<LabelRow> {
    const label: LabelRow = { ...o, label: o.label ?? `l.${randomBytes(5).toString("hex")}` };
    return this.#change(account, (labels) => {
      const others = labels.filter((one) => one.label !== label.label);
      if (others.some(({ name }) => name.toLowerCase() === label.name.toLowerCase()))
        throw new ApiError("conflict", "there is a label of that name already; choose another", {
          reason: "label-taken",
        });
      if (others.length >= LABELS_MAX)
        throw new ApiError("refused", `an account has at most ${LABELS_MAX} labels`, {
          reason: "labels-full",
          values: { max: LABELS_MAX },
        });
      const at = labels.findIndex((one) => one.label === label.label);
      return { labels: at < 0 ? [...labels, label] : labels.with(at, label), gives: label };
    });
  }

  async remove(account: string, label: string): Promise<void> {
    await this.#change(account, (labels) => ({
      labels: labels.filter((one) => one.label !== label),
      gives: undefined,
    }));
  }

  async #change<T>(
    account: string,
    change: (labels: LabelRow[]) => { readonly labels: readonly LabelRow[]; readonly gives: T },
  ): Promise<T> {
    for (;;) {
      const { labels, unread, version } = await this.#read(account);
      const { labels: next, gives } = change(labels);
      const put = await this.#documents.put({ kind: KIND, account, id: ID }, [...next, ...unread], {
        ifVersion: version,
      });
      if (put !== "conflict") return gives;
    }
  }

  /** What cannot be read of them is not shown, and stays when another is changed. */
  async #read(account: string): Promise<Labelled> {
    const found = await this.#documents.get({ kind: KIND, account, id: ID });
    const rows = z.array(z.unknown()).safeParse(found?.value ?? []).data ?? [found?.value];
    const read = rows.map((row) => ({ row, label: labelSchema.safeParse(row).data }));
    return {
      labels: read.flatMap(({ label }) => label ?? []),
      unread: read.flatMap(({ row, label }) => (label === undefined ? [row] : [])),
      version: found?.version ?? 0,
    };
  }
}
