// Figures stand in documents between markers, written from bench/results: nobody copies a number by hand.
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { BENCHES } from "../benches/index.mjs";
import { FIGURES } from "./figures.mjs";
import { repository } from "./paths.mjs";
import { loadResults } from "./results.mjs";

/** The four that the README shows, by key, as a reader calls them. */
const README_FIGURES = {
  "upload.cpuOfficialOverOurs": "CPU of an upload: the official SDK's over ours",
  "upload.throughputVsOfficial": "throughput over the official SDK",
  "small.vsOfficial": "files of 4 KiB per second, over the official SDK",
  "startup.vsOfficial": "import to the first signed request: the official SDK's over ours",
};

/** The same in Chinese. */
const CHINESE_FIGURES = {
  "upload.cpuOfficialOverOurs": "上传的 CPU 时间：官方 SDK 与 cosup 之比",
  "upload.throughputVsOfficial": "吞吐量：与官方 SDK 之比",
  "small.vsOfficial": "每秒上传 4 KiB 文件数：与官方 SDK 之比",
  "startup.vsOfficial": "从导入到第一个已签名的请求：官方 SDK 与 cosup 之比",
};

/**
 * @typedef {object} Measured
 * @property {import("./figures.mjs").Figure} figure
 * @property {{ date: string, cpu?: string, cores: number, node: string }} machine where it was measured
 */

/** Writes README.md in both languages and bench/README.md from the results that are kept, of this run or of earlier ones. */
export async function writeDocuments() {
  const measured = await keptFigures();
  const english = readmeTable(measured, README_FIGURES, "| figure | ratio | measured on |");
  await replaceBetweenMarkers("README.md", english);
  const chinese = readmeTable(measured, CHINESE_FIGURES, "| 指标 | 比值 | 测量环境 |");
  await replaceBetweenMarkers("README.zh-CN.md", chinese.replaceAll(" cores,", " 核,"));
  await replaceBetweenMarkers("bench/README.md", fullTable(measured));
  // The columns of its tables are aligned, which the check of the code style asks for.
  const biome = `${repository}node_modules/@biomejs/biome/bin/biome`;
  spawnSync(process.execPath, [biome, "format", "--write", "bench/README.md"], { cwd: repository });
}

/**
 * What was measured of each figure, on each model of CPU: the newest first.
 * @typedef {Map<string, readonly Measured[]>} Kept
 */

/** @returns {Promise<Kept>} by key, in the order of the figures */
async function keptFigures() {
  const results = (await Promise.all(BENCHES.map(({ name }) => loadResults(name))))
    .flat()
    .filter(({ scale }) => scale === "full");
  return new Map(
    Object.keys(FIGURES).map((key) => [
      key,
      results
        .filter(({ figures }) => figures[key]?.value !== undefined)
        .map(({ figures, machine }) => ({ figure: figures[key], machine })),
    ]),
  );
}

/** The worst of a figure: a reader's CPU may be that one. @param {string} key @param {readonly Measured[]} measured */
export function worstOf(key, measured) {
  const direction = FIGURES[key]?.atLeast === undefined ? -1 : 1;
  const [worst] = measured
    .filter(({ figure }) => figure.value !== null)
    .sort((one, other) => direction * ((one.figure.value ?? 0) - (other.figure.value ?? 0)));
  return worst;
}

/** @param {Kept} kept @param {Record<string, string>} figures @param {string} head */
function readmeTable(kept, figures, head) {
  const rows = Object.entries(figures).flatMap(([key, words]) => {
    const found = worstOf(key, kept.get(key) ?? []);
    return found === undefined ? [] : [`| ${words} | **${medianOf(key, found)}** | ${placeOf(found)} |`];
  });
  return [head, "|---|---|---|", ...rows].join("\n");
}

/** A row for each model of CPU. @param {Kept} kept */
function fullTable(kept) {
  const all = [...kept].flatMap(([key, measured]) => measured.map((found) => ({ key, found })));
  const rows = all.map(({ key, found }) => {
    const { figure } = found;
    const range = figure.spread === null ? "–" : `${figure.spread.min} … ${figure.spread.max}`;
    const { atLeast, atMost } = FIGURES[key] ?? {};
    const target = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
    const cells = [`\`${key}\``, FIGURES[key]?.says, medianOf(key, found), range, target, placeOf(found)];
    return `| ${cells.join(" | ")} |`;
  });
  const head = "| figure | what | median | lowest … highest | target | measured on |";
  return [head, "|---|---|---|---|---|---|", ...rows].join("\n");
}

/** @param {string} key @param {Measured} measured */
function medianOf(key, { figure }) {
  if (figure.value === null) return "not measured";
  const { unit = "" } = FIGURES[key] ?? {};
  return `${Number(figure.value.toFixed(2))} ${unit}`;
}

/** A figure of one model of CPU is never shown without its name. @param {Measured} measured */
function placeOf({ machine }) {
  return `${machine.cpu ?? "unknown CPU"}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${machine.date}`;
}

/**
 * @param {string} file relative to the repository
 * @param {string} text
 * @param {string} marker which of the places of the file
 */
export async function replaceBetweenMarkers(file, text, marker = "figures") {
  const path = `${repository}${file}`;
  const [begin, end] = [`<!-- ${marker} -->`, `<!-- end${marker === "figures" ? "" : ` ${marker}`} -->`];
  const [before, rest, ...more] = (await readFile(path, "utf8")).split(begin);
  const [, after, ...others] = (rest ?? "").split(end);
  if (after === undefined || more.length + others.length > 0)
    throw new Error(`${file} has no place for figures between ${begin} and ${end}`);
  await writeFile(path, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}
