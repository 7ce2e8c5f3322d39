/** The longest that an upload waits for the browser's database: without it, the upload goes on without a checkpoint. */
export const RESPONSE_MS = 10_000;

/**
 * Settles as `promise` does, or rejects when it takes too long. An open may wait for ever: behind the deletion of the database,
 * which waits until another page closes it.
 */
export function withinLimit<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const text = `the browser's database does not respond within ${RESPONSE_MS / 1000} s`;
    const timer = setTimeout(() => reject(new Error(text)), RESPONSE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
