/** Where tests are, relative to the root of the tree. */
export const TEST_PATTERNS: readonly string[] = [
  "packages/*/test/**/*.test.ts",
  "test/**/*.test.ts",
  "interop/**/*.test.ts",
  "bench/test/**/*.test.ts",
];
