import { readManifest } from "@cosup/fleet/manifest";
import { countOf } from "../display/format.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { writeError, writeJson, writeResult } from "../output.ts";
import { loadFleet, placeOf, type RunFlags } from "./load-fleet.ts";
import { openManifest, parseManifestTarget } from "./open-manifest.ts";

interface EnqueueFlags extends RunFlags {
  readonly root?: string;
  readonly skipBadLines?: boolean;
  /** MiB. */
  readonly partSize?: number;
  readonly attempts?: number;
  readonly recover?: boolean;
}

const MIB = 1024 ** 2;

/** Runs `cosup fleet enqueue`. Returns the exit code: 1 if lines were left out. */
export async function enqueue(manifest: string, target: string, flags: EnqueueFlags): Promise<number> {
  const { bucket, key: prefix } = parseManifestTarget(target);
  const { enqueueUploads } = await loadFleet();
  const input = await openManifest(manifest, "manifest");
  const signal = abortOnInterrupt();
  let skipped = 0;
  const lines = readManifest(input, {
    root: flags.root ?? process.cwd(),
    prefix,
    onBadLine: flags.skipBadLines === true ? "skip" : "fail",
    onSkipped: (error) => {
      skipped += 1;
      writeError(`cosup: left out: ${error.message}`);
    },
  });
  let begun: string | undefined;
  const { run, objects, jobs } = await enqueueUploads(lines, {
    ...placeOf(flags),
    ...{ bucket, signal, recover: flags.recover, attempts: flags.attempts },
    partSize: flags.partSize === undefined ? undefined : flags.partSize * MIB,
    onRun: (name) => {
      begun = name;
    },
    onWarning: (line) => writeError(`cosup: warning: ${line}`),
  }).catch((error: Error) => {
    // Its own errors say it where it helps. Without --run, nobody else knows the name.
    if (begun !== undefined && error.name !== "FleetError")
      writeError(`cosup: run ${begun} has a part of the manifest: enqueue again with --run ${begun}`);
    throw error;
  });
  if (flags.json === true) writeJson({ type: "summary", run, objects, jobs, skipped });
  else {
    const added = jobs === 0 ? "nothing to add" : `${countOf(jobs, "job")} added to the queue`;
    writeResult(`run ${run}: ${countOf(objects, "object")} in the manifest, ${added}`);
  }
  return skipped === 0 ? 0 : 1;
}
