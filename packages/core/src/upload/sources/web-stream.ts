import { ArgumentTypeError } from "../../errors.ts";

/** Whether this is a web stream of any implementation and realm. */
export function isWebStream(input: object): input is ReadableStream {
  return "getReader" in input && typeof input.getReader === "function" && "locked" in input;
}

/**
 * Refuses a stream that can no longer give its whole content.
 * @returns whether this is certain in this runtime: a stream that ends at once is then really empty
 * @throws {TypeError} it is locked, was read from or was cancelled
 */
export function refuseDisturbed(stream: ReadableStream, parameter: string): boolean {
  if (stream.locked) {
    throw new ArgumentTypeError(parameter, "the stream is locked: somebody else reads it, or has read it");
  }
  const disturbed = isDisturbed(stream);
  if (disturbed === true) {
    throw new ArgumentTypeError(parameter, "the stream was read from or cancelled before; give a fresh one");
  }
  return disturbed === false;
}

/** Node and Bun have a property for it. Elsewhere, a Response refuses such a stream; but it accepts any iterable. */
function isDisturbed(stream: ReadableStream): boolean | undefined {
  const disturbed: unknown = Reflect.get(stream, Symbol.for("nodejs.stream.disturbed"));
  if (typeof disturbed === "boolean") return disturbed;
  if (!(stream instanceof ReadableStream)) return undefined;
  try {
    new Response(stream);
    return false;
  } catch {
    return true;
  }
}
