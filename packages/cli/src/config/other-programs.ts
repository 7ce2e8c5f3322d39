import { join } from "node:path";
import type { Environment } from "../credentials.ts";
import { CredentialsError } from "../credentials.ts";
import { messageOf } from "../report.ts";
import { homeFolder } from "./config-path.ts";
import { readCoscli } from "./coscli-file.ts";
import { readCoscmd } from "./coscmd-file.ts";
import type { FoundKeys } from "./key-source.ts";
import { readSmallFile } from "./read-small-file.ts";

/** The files that Tencent's own programs keep in the user's home. They are read, and never written. */
const PROGRAMS = [
  { file: ".cos.yaml", program: "coscli", read: readCoscli },
  { file: ".cos.conf", program: "coscmd", read: readCoscmd },
] as const;

/**
 * The keys in the file of coscli or of coscmd, and the region of `bucket` there; undefined if there are none. A file that
 * cannot be read is a problem that only a command without other keys has.
 */
export async function keysOfOtherPrograms(
  env: Environment,
  bucket: string | undefined,
): Promise<FoundKeys | undefined> {
  const home = homeFolder(env);
  if (home === undefined) return undefined;
  for (const { file, program, read } of PROGRAMS) {
    const path = join(home, file);
    const origin = `~/${file} (${program})`;
    try {
      const content = await readSmallFile(path);
      const found = content && (await read(content.text, origin, { bucket, env }));
      if (found) return found;
    } catch (error) {
      return { keys: { origin, problem: new CredentialsError(messageOf(error)) } };
    }
  }
  return undefined;
}
