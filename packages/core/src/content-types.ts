/**
 * The usual Content-Types of file extensions. It adds 3.5 KiB (gzipped), so a runtime where that
 * matters does not import it.
 *
 * @module
 */
import { lookup } from "mrmime";

/**
 * The usual Content-Type of a file extension.
 * @param extension in lower case, without its dot
 */
export function contentTypeOf(extension: string): string | undefined {
  // `lookup` trims its argument, and returns an inherited function for "constructor".
  const type: unknown = extension === extension.trim() ? lookup(extension) : undefined;
  return typeof type === "string" ? type : undefined;
}
