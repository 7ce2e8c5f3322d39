/** The first number of the version of the miniflare that runs the tests. */
export const MINIFLARE = process.env.COSUP_MINIFLARE === "5" ? "5" : "4";

/**
 * What a test sees with one miniflare and not with the other. docs/runtimes.md has this table, written by a run in which
 * both have passed.
 */
export const DIFFERENCES = {
  "a refusal that closes the connection before the body was read": {
    4: "connection-reset",
    5: "access-denied",
  },
  "10 bytes of a WASM memory of 4 MiB, put into the storage of a Durable Object": {
    4: "Error: string or blob too big: SQLITE_TOOBIG",
    5: "10 of 4194304",
  },
  "the same 10 bytes, returned by the step of a Workflow": {
    4: "Error: WorkflowInternalError: Step only-1 output is too large. Maximum allowed size is 1MiB.",
    5: "10 of 4194304",
  },
};

/** What the miniflare of this run does. @param {keyof typeof DIFFERENCES} name @returns {string} */
export function seenHere(name) {
  return DIFFERENCES[name][MINIFLARE];
}
