/** As `engines` in package.json has it. In Deno 2.6 and before, `node:http` ends connections before their response. */
const OLDEST = { major: 2, minor: 9 };

/**
 * @throws {Error} the Deno that runs this is too old: what it would say later names no version
 */
export function requireDeno(version: string = Deno.version.deno): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new Error(`@cosup/deno needs Deno ${OLDEST.major}.${OLDEST.minor} or later: this is Deno ${version}`);
}
