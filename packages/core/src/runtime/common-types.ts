/**
 * The Content-Types of 26 common extensions. The full table would add 3.5 KiB to a bundle; this is a tenth of it. For
 * other extensions, COS sets the type by the extension of the key; see also `inferContentType`.
 */
const COMMON: Readonly<Record<string, string>> = {
  avif: "image/avif",
  css: "text/css",
  csv: "text/csv",
  gif: "image/gif",
  gz: "application/gzip",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  log: "text/plain",
  md: "text/markdown",
  mjs: "text/javascript",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  wasm: "application/wasm",
  webm: "video/webm",
  webp: "image/webp",
  woff2: "font/woff2",
  xml: "text/xml",
  zip: "application/zip",
};

/** The Content-Type of a common file extension (lower case, without the dot). */
export function commonTypeOf(extension: string): string | undefined {
  return Object.hasOwn(COMMON, extension) ? COMMON[extension] : undefined;
}
