/**
 * The usual Content-Types of file extensions. Only runtimes to which 3.5 KiB (gzipped) do not matter import it.
 *
 * @module
 */
import { lookup } from "mrmime";

/**
 * The usual Content-Type of a file extension.
 * @param extension in lower case, without its dot
 */
export function contentTypeOf(extension: string): string | undefined {
  // The table trims, and "constructor" gives what every object inherits.
  const type: unknown = extension === extension.trim() ? lookup(extension) : undefined;
  return typeof type === "string" ? type : undefined;
}
