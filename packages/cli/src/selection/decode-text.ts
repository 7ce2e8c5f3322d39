import { ArgumentTypeError } from "@cosup/node";

/**
 * Decodes a list of names or patterns.
 * @param parameter names the flag in the error
 * @throws {TypeError} the bytes are no UTF-8: a wrong name would be another file
 */
export function decodeText(bytes: Uint8Array, parameter: string, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ArgumentTypeError(parameter, `${path} must be a text in UTF-8`);
  }
}
