// Where the files of this package are that are no modules.

/** The package's folder: of the same depth from the sources, from what is built of them, and from the program made of that. */
export const OWN_FILES = new URL("../../", import.meta.url);
