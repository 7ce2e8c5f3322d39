import { ArgumentTypeError } from "../../errors.ts";

const GIVEN = Symbol.for("@cosup/core given");
const shared = globalThis as { [GIVEN]?: WeakSet<object> };

/**
 * Streams and iterators that were given to an upload: each can be read once. A program may have several copies of this
 * code (as an ES module, as CommonJS, inside `@cosup/node`), which share the set.
 */
const given = shared[GIVEN] ?? new WeakSet<object>();
shared[GIVEN] = given;

/**
 * Marks a stream or iterator as read by an upload.
 * @throws {TypeError} it was given to an earlier call: what is left of it is not its whole content
 */
export function takeOnce(input: object, parameter: string): void {
  if (given.has(input)) {
    throw new ArgumentTypeError(
      parameter,
      "was given to an upload before, and can be read only once; give a fresh one",
    );
  }
  given.add(input);
}
