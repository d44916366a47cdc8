/** The file cannot be read or written; one line for a person. */
export class ConfigFileError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "ConfigFileError";
  }
}
