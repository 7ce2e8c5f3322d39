/** Takes the place of `thread-file.ts` in the CommonJS build, which has no `import.meta`. A thread may run an ES module. */
export function threadFile(): URL | string {
  return `${__dirname}/thread.js`;
}
