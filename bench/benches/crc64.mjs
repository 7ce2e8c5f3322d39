import { addonFile, slicing16File } from "../crc64/modules.mjs";
import { measureInWorkerd, prepareWorker } from "../crc64/workerd.mjs";
import { NODE, runFresh } from "../harness/child-process.mjs";
import { notMeasured, worstFigure } from "../harness/figures.mjs";
import { coreFile } from "../harness/paths.mjs";
import { median, runRounds } from "../harness/rounds.mjs";
import { DENO_ENVIRONMENT, denoCommand, findRuntime } from "../harness/runtimes.mjs";
import { MiB } from "../harness/units.mjs";

const SIZES = [MiB, 64 * MiB];

/**
 * @typedef {import("../harness/context.mjs").Context} Context
 * @typedef {import("../harness/figures.mjs").Figure} Figure
 * @typedef {{ sizes: { size: number, bytesPerSecond: number, crc64: string }[] }} Measurement
 * @typedef {Record<string, Measurement[]>} Measured
 */

export const crc64Bench = {
  name: "crc64",
  keys: [
    "crc64.vsHashWasm",
    "crc64.vsSlicing16",
    "crc64.deno.vsHashWasm",
    "crc64.deno.vsSlicing16",
    "crc64.workerd.vsHashWasm",
    "crc64.workerd.vsSlicing16",
    "crc64.vsNativeAddon",
  ],

  /** @param {Context} context */
  async run(context) {
    const slicing16 = await slicing16File();
    const addon = await addonFile();
    const node = await inProcess(context, "crc64 Node", NODE, {}, slicing16, addon);
    const deno = denoCommand();
    const inDeno =
      "missing" in deno
        ? undefined
        : await inProcess(context, "crc64 Deno", deno.command, DENO_ENVIRONMENT, slicing16);
    const workerd = findRuntime("workerd");
    const inWorkerd = workerd === undefined ? undefined : await inWorkerdRounds(context, workerd);
    /** @type {Record<string, Figure>} */
    const figures = {
      ...compare("crc64", node),
      ...compare("crc64.deno", inDeno, "no Deno below tools/ or in PATH"),
      ...compare("crc64.workerd", inWorkerd, "no workerd below tools/ or in PATH"),
      "crc64.vsNativeAddon":
        "missing" in addon
          ? notMeasured("crc64.vsNativeAddon", addon.missing)
          : worstFigure("crc64.vsNativeAddon", bySize(node, "addon")),
    };
    const groups = { Node: node, Deno: inDeno, workerd: inWorkerd };
    return { figures, detail: { sizes: SIZES, rates: ratesOf(groups) } };
  },
};

/**
 * @param {Context} context
 * @param {string} title
 * @param {string[]} command
 * @param {Record<string, string>} environment
 * @param {string} slicing16
 * @param {{ file: string } | { missing: string }} [addon]
 * @returns {Promise<Measured>}
 */
async function inProcess(context, title, command, environment, slicing16, addon) {
  const measure = (/** @type {object} */ options) => () =>
    runFresh(
      command,
      "clients/crc64.mjs",
      { sizes: SIZES, durationMs: context.hashMs, ...options },
      environment,
    );
  const contestants = {
    ours: measure({ subject: "in-place", wasmFile: coreFile }),
    "hash-wasm": measure({ subject: "hash-wasm" }),
    slicing16: measure({ subject: "in-place", wasmFile: slicing16 }),
    "ours, copied in": measure({ subject: "window", wasmFile: coreFile }),
    ...(addon !== undefined && "file" in addon
      ? { addon: measure({ subject: "addon", addonFile: addon.file }) }
      : {}),
  };
  return sameDigests(await runRounds(context, title, contestants));
}

/** @param {Context} context @param {string} program @returns {Promise<Measured>} */
async function inWorkerdRounds(context, program) {
  await prepareWorker();
  const measure = (/** @type {string} */ subject) => () =>
    measureInWorkerd(program, { subject, sizes: SIZES, durationMs: context.hashMs });
  const contestants = {
    ours: measure("ours"),
    "hash-wasm": measure("hash-wasm"),
    slicing16: measure("slicing16"),
  };
  return sameDigests(await runRounds(context, "crc64 workerd", contestants));
}

/** Throws unless all implementations computed the same CRC64. @param {Measured} measured @returns {Measured} */
function sameDigests(measured) {
  const digests = SIZES.map((_size, at) =>
    Object.values(measured).flatMap((rounds) => rounds.map(({ sizes }) => sizes[at]?.crc64)),
  );
  if (digests.some((all) => new Set(all).size !== 1)) throw new Error("the CRC64s do not agree");
  return measured;
}

/** @param {string} prefix @param {Measured | undefined} measured @param {string} [missing] @returns {Record<string, Figure>} */
function compare(prefix, measured, missing = "") {
  const keys = { [`${prefix}.vsHashWasm`]: "hash-wasm", [`${prefix}.vsSlicing16`]: "slicing16" };
  return Object.fromEntries(
    Object.entries(keys).map(([key, peer]) => [
      key,
      measured === undefined ? notMeasured(key, missing) : worstFigure(key, bySize(measured, peer)),
    ]),
  );
}

/** Ratios per round, one series per size. @param {Measured} measured @param {string} peer */
function bySize(measured, peer) {
  return SIZES.map((_size, at) =>
    (measured.ours ?? []).map(
      ({ sizes }, round) =>
        (sizes[at]?.bytesPerSecond ?? 0) / (measured[peer]?.[round]?.sizes[at]?.bytesPerSecond ?? 1),
    ),
  );
}

/** Median GB/s of each implementation, for the chart and the result file. @param {Record<string, Measured | undefined>} groups */
function ratesOf(groups) {
  return Object.entries(groups).flatMap(([runtime, measured]) =>
    Object.entries(measured ?? {}).map(([name, rounds]) => ({
      runtime,
      name,
      gigabytesPerSecond: SIZES.map(
        (_size, at) => median(rounds.map(({ sizes }) => sizes[at]?.bytesPerSecond ?? 0)) / 1e9,
      ),
    })),
  );
}
