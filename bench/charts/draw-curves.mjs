import { MiB } from "../harness/units.mjs";
import { curveChart } from "./curves.mjs";
import { measuredOn } from "./measured-on.mjs";

/** Draws the cost by object size, part size, concurrency and number of files. @param {any} result @returns {Record<string, string>} */
export function drawCurves(result) {
  const { size, partSize, concurrency, files } = result.detail;
  const perGB = (/** @type {any[]} */ points) =>
    /** @type {const} */ (["ours", "floor"]).map((name) => ({
      name,
      style: name,
      values: points.map((point) => point[name].cpuSecondsPerGB),
    }));
  const note = `CPU-seconds per GB; flat is good. ${measuredOn(result)}`;
  const upload = (
    /** @type {string} */ title,
    /** @type {string} */ axis,
    /** @type {any[]} */ points,
    /** @type {(x: number) => string} */ label,
  ) => curveChart({ title, note, axis, steps: points.map(({ x }) => label(x)), series: perGB(points) });
  const folder = (/** @type {string} */ title, /** @type {string} */ says, /** @type {string} */ property) =>
    curveChart({
      title,
      note: `${says} ${measuredOn(result)}`,
      axis: "files of 4 KiB",
      steps: files.map((/** @type {any} */ { x }) => x.toLocaleString("en-US")),
      series: [
        { name: "ours", style: "ours", values: files.map((/** @type {any} */ point) => point[property]) },
      ],
    });
  return {
    "curve-size": upload(
      "Cost by size of the object",
      "object size, parts of 8 MiB, 5 at the same time",
      size,
      sizeLabel,
    ),
    "curve-part-size": upload("Cost by part size", "part size, 5 at the same time", partSize, sizeLabel),
    "curve-concurrency": upload(
      "Cost by concurrency",
      "parts sent at the same time, 8 MiB each",
      concurrency,
      String,
    ),
    "curve-files": folder(
      "Cost by files in a folder",
      "CPU-µs per file; flat is good.",
      "cpuMicrosecondsPerFile",
    ),
    "curve-files-memory": folder(
      "Memory by files in a folder",
      "Peak RSS in MiB; flat is good.",
      "rssPeakMiB",
    ),
  };
}

/** @param {number} bytes */
function sizeLabel(bytes) {
  return bytes >= 1024 * MiB ? `${bytes / (1024 * MiB)} GiB` : `${bytes / MiB} MiB`;
}
