/** The rejection of a promise; fails the test if it resolves. */
export async function caught(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome) return outcome.error;
  throw new Error("expected a rejection");
}

type Constructor<T> = abstract new (...args: never[]) => T;

/** The rejection of a promise, which must be of the given class. */
export async function caughtAs<T>(promise: Promise<unknown>, type: Constructor<T>): Promise<T> {
  const error = await caught(promise);
  if (error instanceof type) return error;
  throw new Error(`expected a ${type.name}, got ${String(error)}`, { cause: error });
}

/** The error that a function throws; fails the test if it returns. */
export function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("expected an exception");
}
