import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instruction, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos, fileCheckpoints, type NodeCosClient, type NodeCosOptions } from "@cosup/node";
import { type DownloadFileParameters, type DownloadResult, downloadFile } from "@cosup/node/download";
import { afterAll, beforeAll, expect } from "vitest";
import { pseudoRandomBytes } from "../../../test/fixtures/pseudo-random.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export const MiB = 1024 ** 2;
export const Bucket = "download-1250000000";
const KEYS = { secretId: "AKIDdownload", secretKey: "secret-of-the-download" };

/** Four ranges of 1 MB, the last of them short. */
export const SIZE = 3 * MiB + 12_345;

/** One download: an object that is stored, a folder of its own, and a client whose requests meet a script of faults. */
export interface DownloadCase {
  readonly endpoint: string;
  readonly Bucket: string;
  readonly Key: string;
  /** With the run whose faults its requests meet. */
  readonly SecretId: string;
  readonly bytes: Buffer;
  readonly folder: string;
  /** The path of the file. */
  readonly path: string;
  readonly cos: NodeCosClient;
  /** The Range of each GET, in the order of the requests. */
  readonly ranges: string[];
  /** The If-Match of each of them. */
  readonly ifMatch: (string | undefined)[];
  download(more?: Partial<DownloadFileParameters>): Promise<DownloadResult>;
  /** {@link download} with checkpoints in the folder `state`. */
  resumable(more?: Partial<DownloadFileParameters>): Promise<DownloadResult>;
  /** Replaces the script of faults; undefined: none from now on. */
  faults(script?: readonly Instruction[]): void;
  /** How often the instructions of the script have fired. */
  fired(): number[];
  /** What is at the path, as text. */
  atPath(): Promise<string>;
  /** Whether the file at the path has these bytes. Comparing them element by element would take seconds. */
  holds(bytes: Buffer): Promise<boolean>;
  /** The names in the folder, without the checkpoints. */
  names(): Promise<string[]>;
}

export interface DownloadRig {
  case(bytes?: Buffer, options?: Partial<NodeCosOptions>): Promise<DownloadCase>;
}

/** Starts an emulator for the tests of this file. */
export function useDownloads(): DownloadRig {
  let emulator: RunningEmulator;
  let count = 0;
  const requests = new Map<string, Pick<DownloadCase, "ranges" | "ifMatch">>();
  let data = "";
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "cosup-download-"));
    emulator = await startEmulator({
      data,
      buckets: [Bucket],
      credentials: [KEYS],
      faults: true,
      middleware: [
        async (call, next) => {
          const seen = call.operation === "GetObject" ? requests.get(call.key) : undefined;
          seen?.ranges.push(call.header("range") ?? "");
          seen?.ifMatch.push(call.header("if-match"));
          return next();
        },
      ],
    });
  });
  afterAll(async () => {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  });

  return {
    case: async (bytes = Buffer.from(pseudoRandomBytes(SIZE, 7)), options = {}) => {
      count += 1;
      const run = `run-${count}`;
      const Key = `object-${count}`;
      const seen: Pick<DownloadCase, "ranges" | "ifMatch"> = { ranges: [], ifMatch: [] };
      requests.set(Key, seen);
      const endpoint = `${emulator.url}/{Bucket}`;
      const SecretId = `${KEYS.secretId}@${run}`;
      const common = { Endpoint: endpoint, SecretKey: KEYS.secretKey, proxy: false as const };
      const plain = createCos({ ...common, SecretId: KEYS.secretId });
      await plain.putObject({ Bucket, Key, Body: bytes });
      await plain.close();
      emulator.faults.install(run, []);
      const cos = createCos({ ...common, SecretId, ...options });
      const folder = await temporaryDirectory();
      const path = join(folder, "file.bin");
      const download: DownloadCase["download"] = (more = {}) =>
        downloadFile(cos, { Bucket, Key, LocalFilePath: path, PartSize: 1, ...more });
      const checkpoints = fileCheckpoints(join(folder, "state"));
      return {
        endpoint,
        Bucket,
        Key,
        SecretId,
        bytes,
        folder,
        path,
        cos,
        ...seen,
        download,
        resumable: (more = {}) => download({ checkpoints, ...more }),
        faults: (script = []) => void emulator.faults.install(run, script),
        fired: () => (emulator.faults.receipt(run)?.instructions ?? []).map(({ fired }) => fired),
        atPath: () => readFile(path, "utf8").catch(() => "nothing"),
        holds: async (expected) => (await readFile(path)).equals(expected),
        names: async () => (await readdir(folder)).filter((name) => name !== "state").sort(),
      };
    },
  };
}

/** A fault of the GET number `nth`, counted from 1. */
export function atGet(
  nth: number,
  fault: Instruction["fault"],
  more: Partial<Instruction> = {},
): Instruction {
  return { op: "GetObject", match: { nth }, when: "before-headers", fault, ...more };
}

/** The path has the old file, and beside it are only files of these names. */
export async function expectUntouched(
  { atPath, names }: DownloadCase,
  others: readonly RegExp[] = [],
): Promise<void> {
  expect(await atPath()).toBe("old");
  const more = (await names()).filter((name) => name !== "file.bin");
  expect(more).toEqual(others.map((pattern) => expect.stringMatching(pattern)));
}

/** The name of an unfinished file that a later call can go on with. */
export const PART = /^\.file\.bin\.cosup-[0-9a-f]{16}\.part$/;
/** The first byte of a Range. */
export const firstByte = (range: string): number => Number(/^bytes=(\d+)-/.exec(range)?.[1]);
