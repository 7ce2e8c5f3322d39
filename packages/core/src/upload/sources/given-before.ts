import { ArgumentTypeError } from "../../errors.ts";

/** Streams and iterators that were given to an upload: each can be read once. */
const given = new WeakSet<object>();

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
