import { writeFile } from "node:fs/promises";
import { resultsFolder } from "../harness/paths.mjs";
import { loadResults } from "../harness/results.mjs";
import { barChart } from "./bars.mjs";
import { drawCurves } from "./draw-curves.mjs";
import { measuredOn } from "./measured-on.mjs";

/** Draws every chart whose results exist, from the newest result of any CPU. */
export async function drawCharts() {
  const newest = async (/** @type {string} */ name) => (await loadResults(name))[0];
  const [crc64, md5, upload, uploadHttps, uploadDeno] = await Promise.all(
    ["crc64", "md5", "upload", "upload-https", "upload-deno"].map(newest),
  );
  const [peers, peersHttps, download, small, startup, curves] = await Promise.all(
    ["peers", "peers-https", "download", "small", "startup", "curves"].map(newest),
  );
  /** @type {Record<string, string>} */
  const charts = { ...(curves === undefined ? {} : drawCurves(curves)) };
  if (crc64 !== undefined) charts.crc64 = crc64Chart(crc64);
  if (md5 !== undefined) {
    charts.md5 = barChart({
      title: "MD5 of eight parts of 8 MiB",
      note: `One thread. Higher is better. ${measuredOn(md5)}`,
      unit: "GB/s",
      groups: [{ name: "", bars: barsOf(md5.detail.rates, "gigabytesPerSecond") }],
    });
  }
  if (upload !== undefined) {
    charts["upload-cpu"] = uploadChart(upload, uploadDeno, "cpuSecondsPerGB", {
      title: "Client CPU for each GB uploaded",
      note: `5 parts at once. Lower is better. ${measuredOn(upload)}`,
      unit: "CPU-s/GB",
    });
    charts["upload-throughput"] = uploadChart(upload, uploadDeno, "gigabytesPerSecond", {
      title: "Upload throughput over loopback",
      note: `5 parts at once. Higher is better; the sink bounds it. ${measuredOn(upload)}`,
      unit: "GB/s",
    });
  }
  if (uploadHttps !== undefined) {
    charts["upload-https-cpu"] = barChart({
      title: "Client CPU for each GB uploaded by HTTPS",
      note: `5 parts of 8 MiB at once. Lower is better. ${measuredOn(uploadHttps)}`,
      unit: "CPU-s/GB",
      groups: [{ name: "", bars: barsOf(uploadHttps.detail["8 MiB parts"], "cpuSecondsPerGB") }],
    });
  }
  if (peers !== undefined) {
    charts["peers-cpu"] = barChart({
      title: "Client CPU for each GB uploaded, beside other programs",
      note: `Whole processes; 5 parts of 8 MiB at once, rclone with its defaults. Lower is better. ${measuredOn(peers)}`,
      unit: "CPU-s/GB",
      groups: [
        { name: "HTTP", bars: barsOf(wholeProcesses(peers), "cpuSecondsPerGB") },
        {
          name: "HTTPS",
          bars: barsOf(peersHttps === undefined ? [] : wholeProcesses(peersHttps), "cpuSecondsPerGB"),
        },
      ],
    });
  }
  if (download !== undefined) {
    charts["download-cpu"] = barChart({
      title: "Client CPU for each GB downloaded to a file",
      note: `5 ranges of 8 MiB at once. Lower is better. ${measuredOn(download)}`,
      unit: "CPU-s/GB",
      groups: [{ name: "", bars: barsOf(download.detail.summary, "cpuSecondsPerGB") }],
    });
  }
  if (small !== undefined) {
    charts.small = barChart({
      title: `Uploading ${small.detail.files.toLocaleString("en-US")} files of 4 KiB`,
      note: `5 at once. Higher is better. ${measuredOn(small)}`,
      unit: "files/s",
      groups: [{ name: "", bars: barsOf(small.detail.summary, "filesPerSecond") }],
    });
  }
  if (startup !== undefined) {
    charts.startup = barChart({
      title: "From import to the first signed request",
      note: `Fresh process. Lower is better. ${measuredOn(startup)}`,
      unit: "ms",
      groups: [{ name: "", bars: barsOf(startup.detail.summary, "readyMs") }],
    });
  }
  for (const [name, svg] of Object.entries(charts)) await writeFile(`${resultsFolder}${name}.svg`, svg);
}

/** @param {any} result @returns {any[]} */
function wholeProcesses(result) {
  return result.detail.uploads.filter((/** @type {any} */ { name }) => !name.endsWith(" in process"));
}

/** @param {any} result */
function crc64Chart(result) {
  const { rates, sizes } = result.detail;
  const group = (/** @type {string} */ runtime, /** @type {number} */ at) => ({
    name: `${runtime}, buffers of ${sizes[at] / 1024 ** 2} MiB`,
    bars: rates
      .filter((/** @type {any} */ rate) => rate.runtime === runtime)
      .map((/** @type {any} */ { name, gigabytesPerSecond }) => ({ name, value: gigabytesPerSecond[at] })),
  });
  return barChart({
    title: "CRC64 (ECMA)",
    note: `One thread. Higher is better. ${measuredOn(result)}`,
    unit: "GB/s",
    groups: [group("Node", 0), group("Node", 1), group("Deno", 1), group("workerd", 1)],
  });
}

/** @param {any} upload @param {any} deno @param {string} property @param {{ title: string, note: string, unit: string }} labels */
function uploadChart(upload, deno, property, labels) {
  return barChart({
    ...labels,
    groups: [
      { name: "Node, parts of 8 MiB", bars: barsOf(upload.detail["8 MiB parts"], property) },
      { name: "Node, parts of 1 MiB", bars: barsOf(upload.detail["1 MiB parts"], property) },
      { name: "Deno, parts of 8 MiB", bars: barsOf(deno?.detail["8 MiB parts"] ?? [], property) },
    ],
  });
}

/** @param {any[]} entries @param {string} property */
function barsOf(entries, property) {
  return entries.map((entry) => ({ name: entry.name, value: entry[property] }));
}
