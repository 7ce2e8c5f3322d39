// Mutants that no test can tell from the code, and why. `line` is the code where the mutant begins, `becomes` what stands
// there instead (any such mutant of the line when it is absent).
export const equivalents = [
  {
    file: "packages/core/src/http/backoff.ts",
    line: "if (retryAfterMs !== undefined && retryAfterMs > 0) {",
    becomes: "true",
    why: "no comparison with undefined holds; the first half is for the types",
  },
];
