import { EXIT } from "./exit-codes.ts";
import { exitWithParent } from "./exit-with-parent.ts";

const EXIT_CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** The abort reason after SIGINT or SIGTERM. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(signal: keyof typeof EXIT_CODES) {
    super(signal === "SIGINT" ? "interrupted" : "terminated");
    this.exitCode = EXIT_CODES[signal];
  }
}

/**
 * Returns a signal that the first SIGINT or SIGTERM aborts, so that the upload can save its checkpoint. The second
 * one exits the process immediately.
 */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT_CODES[name]);
      controller.abort(new Interrupted(name));
    });
  }
  exitWithParent();
  return controller.signal;
}
