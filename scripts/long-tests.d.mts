export const LONG_TESTS: readonly string[];
export const LONG_RUNTIMES: readonly string[];
