// The programs that upload one file beside ours.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { costOf } from "../command-line/processes.mjs";
import { NODE, runFresh } from "../harness/child-process.mjs";
import { benchFolder, cacheFolder, tlsFolder } from "../harness/paths.mjs";
import { piecesOf, verifyPieces } from "../harness/pieces.mjs";
import { trustingSink } from "../harness/sink-process.mjs";
import { verifyObject } from "../harness/verify.mjs";
import { curlCommand, rcloneCommand } from "./peer-commands.mjs";

/**
 * @typedef {import("../harness/sink-process.mjs").Sink} Sink
 * @typedef {import("../harness/sources.mjs").Source} Source
 * @typedef {{ wallMs: number, cpuMs: number, bytes: number }} Measurement
 *
 * @typedef {object} Contestant
 * @property {() => Promise<Measurement>} run
 * @property {string | undefined} [missing] why it cannot run
 *
 * @typedef {object} Options of a client
 * @property {string} origin
 * @property {string} path
 * @property {string} key
 * @property {number} partSize
 * @property {number} concurrency
 */

/** Ours and its peers by their names. @param {Sink} sink @param {Source} source @param {Options} options @returns {Promise<Record<string, Contestant>>} */
export async function contestantsOf(sink, source, options) {
  const { origin, partSize } = options;
  const whole = (/** @type {string} */ who) => verifyObject(sink, source, who);
  const inPieces = (/** @type {string} */ who) => verifyPieces(sink, source, who);
  const node = (/** @type {string} */ script) => [
    process.execPath,
    `${benchFolder}clients/${script}`,
    JSON.stringify(options),
  ];
  const place = { ...options, authority: `${tlsFolder}ca.pem`, folder: cacheFolder };
  const curl = await curlCommand(await piecesOf(source, partSize), place);
  const rclone = await rcloneCommand(source.path, place);
  return {
    ours: { run: wholeProcess(source, node("upload-ours.mjs"), whole) },
    "lib-storage": { run: wholeProcess(source, node("upload-lib-storage.mjs"), whole) },
    curl: { run: wholeProcess(source, curl, inPieces), missing: missingProgram("curl", "--version") },
    rclone: { run: wholeProcess(source, rclone, whole), missing: missingProgram("rclone", "version") },
    ...(origin === sink.origin && {
      "ours in process": { run: inProcess(sink, "upload-ours.mjs", options, whole) },
      "opendal in process": {
        run: inProcess(sink, "upload-opendal.mjs", options, inPieces),
        missing: missingOpendal(),
      },
    }),
  };
}

/** Measures a whole process, with its start. @param {Source} source @param {string[]} command @param {(who: string) => Promise<void>} verify */
function wholeProcess(source, command, verify) {
  // Not the caller's: a proxy or an authority that is named there would be used.
  const environment = { PATH: process.env.PATH, HOME: cacheFolder, ...trustingSink };
  return async () => {
    const { wallSeconds, cpuSeconds } = await costOf(command, environment);
    await verify(command[0] ?? "");
    return { wallMs: wallSeconds * 1000, cpuMs: cpuSeconds * 1000, bytes: source.size };
  };
}

/** Measures the upload in a process. @param {Sink} sink @param {string} script @param {Options} options @param {(who: string) => Promise<void>} verify */
function inProcess(sink, script, options, verify) {
  // Only opendal has no other way to the sink than as its proxy.
  const proxy = { HTTP_PROXY: sink.origin, NO_PROXY: "127.0.0.1" };
  return async () => {
    const found = await runFresh(NODE, `clients/${script}`, options, { ...trustingSink, ...proxy });
    await verify(script);
    return /** @type {Measurement} */ (found);
  };
}

/** @param {string} program @param {string} argument */
function missingProgram(program, argument) {
  return spawnSync(program, [argument]).error === undefined ? undefined : `no ${program} in PATH`;
}

function missingOpendal() {
  return existsSync(`${benchFolder}peers/node_modules/opendal`)
    ? undefined
    : "no opendal: run npm ci in bench/peers";
}
