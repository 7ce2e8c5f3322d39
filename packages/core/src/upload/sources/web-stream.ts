import { ArgumentTypeError } from "../../errors.ts";

/** Native or not, of any realm. */
export function isWebStream(input: object): input is ReadableStream {
  return "getReader" in input && typeof input.getReader === "function" && "locked" in input;
}

/**
 * Refuses a stream that can no longer give its whole content.
 * @returns whether this runtime can tell: an unread stream that ends at once is then really empty
 * @throws {TypeError} it is locked, was read from or was cancelled
 */
export function refuseDisturbed(stream: ReadableStream, parameter: string): boolean {
  if (stream.locked) {
    throw new ArgumentTypeError(
      parameter,
      "the stream is locked: somebody else is reading it, or has read it",
    );
  }
  const disturbed = isDisturbed(stream);
  if (disturbed === true) {
    throw new ArgumentTypeError(
      parameter,
      "the stream was read from or cancelled before, and lacks what was read; give a fresh one",
    );
  }
  return disturbed === false;
}

/** Node and Bun tell; elsewhere a Response accepts no such stream. It would accept any iterable, hence the class. */
function isDisturbed(stream: ReadableStream): boolean | undefined {
  const told: unknown = Reflect.get(stream, Symbol.for("nodejs.stream.disturbed"));
  if (typeof told === "boolean") return told;
  if (!(stream instanceof ReadableStream)) return undefined;
  try {
    new Response(stream);
    return false;
  } catch {
    return true;
  }
}
