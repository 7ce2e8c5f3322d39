/** Where the file is that a thread runs: beside the built index.js. */
export function threadFile(): URL | string {
  return new URL("./thread.js", import.meta.url);
}
