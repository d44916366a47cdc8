// What the office keeps in a data directory, beside the store's own files.
import { join } from "node:path";
import { CONFIG_FILE } from "../config/index.ts";

export const FILES = {
  /** Keys the hashes of generated passwords. */
  passwordKey: "password.key",
  /** Of one person's post office, unless another is named. */
  configuration: CONFIG_FILE,
  /** Signs the cookies of the reader. */
  webKey: "web.key",
  /** Passwords of submission servers, a file each. */
  secrets: "secrets",
  /** Attachments of drafts. */
  drafts: "drafts",
  tlsKey: join("tls", "key.pem"),
  tlsCertificate: join("tls", "certificate.pem"),
  controlSocket: "control.sock",
  /** Says where the control socket is when the directory's own path is too long for one. */
  controlPath: "control.path",
  demoAccounts: "demo-accounts.json",
  log: "restante.log",
} as const;
