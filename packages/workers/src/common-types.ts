/**
 * The types of what Workers mostly store: a whole table is 3.5 KiB of a bundle, this is a tenth of that. For all others
 * COS goes by the key's extension itself, or by `inferContentType`.
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

/** The usual Content-Type of a common file extension, in lower case and without its dot. */
export function commonTypeOf(extension: string): string | undefined {
  return Object.hasOwn(COMMON, extension) ? COMMON[extension] : undefined;
}
