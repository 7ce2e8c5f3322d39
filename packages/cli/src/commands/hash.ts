import { ArgumentTypeError } from "@cosup/node";
import { digestOf, type ObjectDigest } from "@cosup/node/digest";
import { createDisplay } from "../display/create-display.ts";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { reportFailure } from "../report.ts";
import { digestFile } from "../source-files.ts";
import { type FileProgress, FilesProgress } from "./files-progress.ts";

const STDIN = "-";
/** Digits of the largest CRC64. */
const WIDTH = 20;

/** The flags of `cosup hash`. */
export interface HashFlags {
  readonly json?: boolean;
  /** False with `--no-progress`. */
  readonly progress?: boolean;
}

/** Runs `cosup hash`: prints the CRC64 and the MD5 of files or of stdin. Returns the exit code. */
export async function hash(paths: readonly string[], flags: HashFlags): Promise<number> {
  const remote = paths.find(isLocation);
  if (remote !== undefined)
    throw new ArgumentTypeError("file", `'${remote}' is an object: cosup stat shows its crc64`);
  if (paths.filter((path) => path === STDIN).length > 1)
    throw new ArgumentTypeError("file", "- (stdin) can be read only once");
  const json = flags.json === true;
  const signal = abortOnInterrupt();
  const exitCodes = new Set<number>();
  const display = await createDisplay({ progress: flags.progress }, "");
  const progress = new FilesProgress(0, (_read, _total, details) => display.progress(details, undefined));
  try {
    for (const path of paths) {
      const file = progress.file(path);
      try {
        print(path, await digest(path, signal, file), json);
        exitCodes.add(EXIT.done);
        display.fileEnded(false);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        display.fileEnded(true);
        exitCodes.add(reportFailure(error, json));
      } finally {
        file.end();
      }
    }
  } finally {
    display.end();
  }
  const [only = EXIT.done] = exitCodes;
  return exitCodes.size === 1 ? only : EXIT.failed;
}

function digest(path: string, signal: AbortSignal, file: FileProgress): Promise<ObjectDigest> {
  let acknowledged = 0;
  const onBytes = (bytes: number): void => {
    acknowledged += bytes;
    file.update({ acknowledged, resumed: 0, inFlight: 0 }, acknowledged);
  };
  return path === STDIN
    ? digestOf(process.stdin, { md5: true, signal })
    : digestFile(path, { md5: true }, signal, onBytes);
}

function print(source: string, { size, crc64, md5 }: ObjectDigest, json: boolean): void {
  if (json) writeJson({ type: "hash", source, size, crc64, md5 });
  else writeResult(`${crc64.padStart(WIDTH)}  ${md5}  ${source}`);
}
