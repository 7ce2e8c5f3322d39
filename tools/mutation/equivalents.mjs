// Mutants that no test can tell from the code, and why. `line` is the line where the mutant begins, `code` what is replaced,
// `becomes` what stands there instead; absent: any.
export const equivalents = [
  {
    file: "packages/core/src/http/backoff.ts",
    line: "if (retryAfterMs !== undefined && retryAfterMs > 0) {",
    becomes: "true",
    why: "no comparison with undefined holds; the first half is for the types",
  },
];
