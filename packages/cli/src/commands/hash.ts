import { ArgumentTypeError } from "@cosup/node";
import { digestOf, type ObjectDigest } from "@cosup/node/digest";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { reportFailure } from "../report.ts";
import { digestFile } from "../source-files.ts";

const STDIN = "-";
/** Digits of the largest CRC64. */
const WIDTH = 20;

/** Runs `cosup hash`: prints the CRC64 and the MD5 of files or of stdin. Returns the exit code. */
export async function hash(paths: readonly string[], flags: { readonly json?: boolean }): Promise<number> {
  const remote = paths.find(isLocation);
  if (remote !== undefined)
    throw new ArgumentTypeError("file", `'${remote}' is an object: cosup stat shows its crc64`);
  if (paths.filter((path) => path === STDIN).length > 1)
    throw new ArgumentTypeError("file", "- (stdin) can be read only once");
  const json = flags.json === true;
  const signal = abortOnInterrupt();
  const exitCodes = new Set<number>();
  for (const path of paths) {
    try {
      print(path, await digest(path, signal), json);
      exitCodes.add(EXIT.done);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      exitCodes.add(reportFailure(error, json));
    }
  }
  const [only = EXIT.done] = exitCodes;
  return exitCodes.size === 1 ? only : EXIT.failed;
}

function digest(path: string, signal: AbortSignal): Promise<ObjectDigest> {
  return path === STDIN
    ? digestOf(process.stdin, { md5: true, signal })
    : digestFile(path, { md5: true }, signal);
}

function print(source: string, { size, crc64, md5 }: ObjectDigest, json: boolean): void {
  if (json) writeJson({ type: "hash", source, size, crc64, md5 });
  else writeResult(`${crc64.padStart(WIDTH)}  ${md5}  ${source}`);
}
