import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Instruction, startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import type { SharedCosup } from "../cli/anyone.ts";
import { type JsonLine, jsonLines, MiB, randomBytes, startShell } from "../cli/rig.ts";
import { crc64Of } from "../fixtures/crc64.ts";

export const BUCKET = "host-1250000000";
const KEYS = { secretId: "AKIDhost", secretKey: "secret-of-the-host" };
const COSUP = fileURLToPath(new URL("../../packages/cli/bin/cosup.js", import.meta.url));
/** A URL: the options of Node are separated by spaces, which a path may have. */
const HOOK = new URL("fault-hook.mjs", import.meta.url).href;
/** Three parts of 8 MiB, the last of them shorter. */
const SIZE = 21 * MiB;

/** A file function that fails; see fault-hook.mjs. */
export interface HostFault {
  readonly call: string;
  readonly path: string;
  readonly code: string;
  readonly from?: number;
  readonly times?: number;
  readonly ms?: number;
}

export interface Attempt {
  readonly faults?: readonly HostFault[];
  /** Faults of the service. */
  readonly script?: readonly Instruction[];
  /** Words to add to `cosup cp`. */
  readonly words?: readonly string[];
  /** Another installation of cosup, without faults of the machine. */
  readonly program?: SharedCosup;
  /** Makes the shell's command line of the one that starts cosup. */
  readonly shell?: (command: string) => string;
}

/** The result of a `cosup cp` under faults of its machine. */
export interface Outcome {
  readonly code: number | NodeJS.Signals | null;
  /** Codes of the warnings that it printed. */
  readonly warnings: readonly string[];
  readonly lines: readonly JsonLine[];
  readonly stderr: string;
  /** Faults that have struck. */
  readonly struck: number;
  /** Whether the object is stored and equals the source. */
  readonly stored: "source" | "other" | "none";
  readonly openUploads: number;
  /** What is in the state directory afterwards. */
  readonly state: readonly string[];
}

export interface Rig {
  readonly folder: string;
  readonly source: string;
  stateOf(name: string): string;
  copy(name: string, attempt: Attempt): Promise<Outcome>;
  close(): Promise<void>;
}

export async function openRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), "cosup-host-"));
  const source = join(folder, "source.bin");
  const bytes = randomBytes(SIZE);
  await writeFile(source, bytes);
  const crc64 = await crc64Of([bytes]);
  const emulator = await startEmulator({
    data: join(folder, "cos"),
    buckets: [BUCKET, "spare-1250000000"],
    credentials: [KEYS],
    faults: [],
  });
  const Endpoint = `${emulator.url}/{Bucket}`;
  const { secretId: SecretId, secretKey: SecretKey } = KEYS;
  const cos = createCos({ Region: "ap-guangzhou", Endpoint, SecretId, SecretKey });
  const stateOf = (name: string): string => join(folder, "state", name);
  const copy = async (name: string, attempt: Attempt): Promise<Outcome> => {
    emulator.faults.install(name, attempt.script ?? []);
    const { words = [], shell = (command) => command, program } = attempt;
    const { node, script } = program ?? { node: process.execPath, script: COSUP };
    const to = `cos://${BUCKET}/${name}`;
    const command = [node, script, "cp", source, to, "--json", "--part-size", "8", ...words];
    const { code, ...run } = await startShell(shell(command.map((word) => `'${word}'`).join(" ")), {
      cwd: folder,
      env: {
        COS_SECRET_ID: `${SecretId}@${name}`,
        COS_SECRET_KEY: SecretKey,
        COS_REGION: "ap-guangzhou",
        COS_ENDPOINT: Endpoint,
        COSUP_STATE_DIR: stateOf(name),
        COSUP_HOST_FAULTS: JSON.stringify(attempt.faults ?? []),
        ...(program === undefined && { NODE_OPTIONS: `--import=${HOOK}` }),
      },
    }).ended;
    const lines = jsonLines({ code, ...run });
    return {
      code,
      warnings: lines.filter(({ type }) => type === "warning").map((line) => String(line.code)),
      lines,
      stderr: run.stderr,
      struck: run.stderr.match(/^struck: /gm)?.length ?? 0,
      stored: await cos.headObject({ Bucket: BUCKET, Key: name }).then(
        (object) => (object.crc64 === crc64 ? "source" : "other"),
        () => "none",
      ),
      openUploads: (await cos.listMultipartUploads({ Bucket: BUCKET, Prefix: name })).Upload.filter(
        ({ Key }) => Key === name,
      ).length,
      state: await readdir(stateOf(name)).catch(() => []),
    };
  };
  return {
    folder,
    source,
    stateOf,
    copy,
    close: async () => {
      await cos.close();
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
