import type { ReportRow } from "@cosup/fleet";
import { countOf } from "../display/format.ts";
import { EXIT } from "../exit-codes.ts";
import { writeJson, writeResult } from "../output.ts";
import { loadFleet, placeOf, type RunFlags } from "./load-fleet.ts";

interface ReportFlags extends RunFlags {
  readonly failed?: boolean;
}

/** Runs `cosup fleet report`. Returns the exit code: 1 if something is left to do. */
export async function report(flags: ReportFlags): Promise<number> {
  const { fleetReport, fleetStatus } = await loadFleet();
  const counts = { object: 0, failed: 0, upload: 0 };
  for await (const row of fleetReport(placeOf(flags))) {
    counts[row.type] += 1;
    if (flags.failed === true && row.type === "object") continue;
    if (flags.json === true) writeJson({ ...row });
    else writeResult(textOf(row));
  }
  const { run, isFinished, pendingJobs } = await fleetStatus(placeOf(flags));
  const { object: objects, failed, upload: uploads } = counts;
  if (flags.json === true) writeJson({ type: "summary", run, objects, failed, uploads, isFinished });
  else {
    const left = isFinished ? "finished" : `${countOf(pendingJobs, "job")} still to end`;
    writeResult(
      `run ${run}: ${countOf(objects, "object")} stored, ${failed} failed, ${countOf(uploads, "unfinished upload")}; ${left}`,
    );
  }
  return isFinished && failed === 0 && uploads === 0 ? EXIT.done : EXIT.failed;
}

function textOf(row: ReportRow): string {
  switch (row.type) {
    case "object":
      return `${row.crc64}  ${row.size}  ${row.key}`;
    case "failed":
      return `failed (${row.code}, line ${row.line})  ${row.key}: ${row.message}${row.hint === undefined ? "" : ` (${row.hint})`}`;
    case "upload":
      return `upload (${row.state})  ${row.uploadId ?? "with an unknown id"}  ${row.key}${row.hint === undefined ? "" : `: ${row.hint}`}`;
  }
}
