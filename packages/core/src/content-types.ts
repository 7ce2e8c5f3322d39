/**
 * The usual Content-Types of file extensions. Only runtimes to which 3.5 KiB (gzipped) do not matter import it.
 *
 * @module
 */
import { mimes } from "mrmime";

/**
 * The usual Content-Type of a file extension.
 * @param extension in lower case, without its dot
 */
export function contentTypeOf(extension: string): string | undefined {
  // An own property: "constructor" has no type.
  return Object.hasOwn(mimes, extension) ? mimes[extension] : undefined;
}
