import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { costOf } from "../command-line/processes.mjs";
import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure, notMeasured } from "../harness/figures.mjs";
import { benchFolder, cacheFolder, tlsFolder } from "../harness/paths.mjs";
import { piecesOf, verifyPieces } from "../harness/pieces.mjs";
import { ratios, runRounds } from "../harness/rounds.mjs";
import { trustingSink, withSink } from "../harness/sink-process.mjs";
import { randomFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { verifyObject } from "../harness/verify.mjs";
import { curlCommand, rcloneCommand } from "./peer-commands.mjs";
import { summary } from "./upload.mjs";

const CONCURRENCY = 5;
const PART = 8 * MiB;

/** @typedef {{ wallMs: number, cpuMs: number, bytes: number }} Measurement */

/** @param {Measurement} measurement */
const cpu = ({ cpuMs }) => cpuMs;

/** What is divided by what: contestants by their names. @type {Record<string, readonly [numerator: string, denominator: string]>} */
const RATIOS = {
  overOpendal: ["ours in process", "opendal in process"],
  overCurl: ["ours", "curl"],
  rcloneOverOurs: ["rclone", "ours"],
  libStorageOverOurs: ["lib-storage", "ours"],
};

export const peersBench = peersBenchOf("peers", false);
export const peersHttpsBench = peersBenchOf("https.peers", true);

/**
 * Uploads of 1 GiB beside other programs. curl, rclone and lib-storage are measured as whole processes, with their start, and
 * so is ours beside them.
 * @param {"peers" | "https.peers"} prefix of its figures
 * @param {boolean} secure
 */
function peersBenchOf(prefix, secure) {
  // The TLS of opendal trusts public authorities only.
  const names = Object.keys(RATIOS).filter((name) => !secure || name !== "overOpendal");
  const key = (/** @type {string} */ name) => `${prefix}.${name}`;
  return {
    name: secure ? "peers-https" : "peers",
    keys: names.map(key),

    /** @param {import("../harness/context.mjs").Context} context */
    async run(context) {
      const source = await randomFile(context.uploadBytes);
      return withSink(async (sink) => {
        const { contestants, missing } = await contestantsOf(sink, source, secure);
        const measured = await runRounds(context, prefix, contestants);
        const figures = Object.fromEntries(
          names.map((name) => {
            const [numerator, denominator] = RATIOS[name] ?? ["", ""];
            const why = missing[numerator] ?? missing[denominator];
            return [
              key(name),
              why === undefined
                ? figure(key(name), ratios(measured[numerator] ?? [], measured[denominator] ?? [], cpu))
                : notMeasured(key(name), why),
            ];
          }),
        );
        const uploads = summary(measured);
        return {
          figures,
          detail: { bytes: source.size, concurrency: CONCURRENCY, versions: versions(), uploads },
        };
      });
    },
  };
}

/**
 * @param {import("../harness/sink-process.mjs").Sink} sink
 * @param {import("../harness/sources.mjs").Source} source
 * @param {boolean} secure
 */
async function contestantsOf(sink, source, secure) {
  const origin = secure ? sink.secureOrigin : sink.origin;
  const options = { origin, path: source.path, key: "big.bin", partSize: PART, concurrency: CONCURRENCY };
  const verify = (/** @type {string} */ who) => verifyObject(sink, source, who);
  // Not the caller's: a proxy or an authority that is named there would be used.
  const environment = { PATH: process.env.PATH, HOME: cacheFolder, ...trustingSink };
  /** @param {string[]} command @param {(who: string) => Promise<void>} check */
  const whole = (command, check) => async () => {
    const { wallSeconds, cpuSeconds } = await costOf(command, environment);
    await check(command[0] ?? "");
    return { wallMs: wallSeconds * 1000, cpuMs: cpuSeconds * 1000, bytes: source.size };
  };
  /** @param {string} script @param {(who: string) => Promise<void>} check */
  const inProcess = (script, check) => async () => {
    // Only opendal has no other way to the sink than as its proxy.
    const proxy = { HTTP_PROXY: sink.origin, NO_PROXY: "127.0.0.1" };
    const found = await runFresh(NODE, `clients/${script}`, options, { ...trustingSink, ...proxy });
    await check(script);
    return /** @type {Measurement} */ (found);
  };
  const node = (/** @type {string} */ script) => [
    process.execPath,
    `${benchFolder}clients/${script}`,
    JSON.stringify(options),
  ];
  const pieces = await piecesOf(source, PART);
  const checkPieces = (/** @type {string} */ who) => verifyPieces(sink, source, who);
  /** @type {Record<string, { run: () => Promise<Measurement>, missing?: string | undefined }>} */
  const all = {
    ours: { run: whole(node("upload-ours.mjs"), verify) },
    "lib-storage": { run: whole(node("upload-lib-storage.mjs"), verify) },
    curl: {
      run: whole(
        await curlCommand(pieces, { origin, authority: `${tlsFolder}ca.pem`, folder: cacheFolder }),
        checkPieces,
      ),
      missing: missingProgram("curl", "--version"),
    },
    rclone: {
      run: whole(
        await rcloneCommand(source.path, { origin, authority: `${tlsFolder}ca.pem`, folder: cacheFolder }),
        verify,
      ),
      missing: missingProgram("rclone", "version"),
    },
    ...(!secure && {
      "ours in process": { run: inProcess("upload-ours.mjs", verify) },
      "opendal in process": { run: inProcess("upload-opendal.mjs", checkPieces), missing: missingOpendal() },
    }),
  };
  const entries = Object.entries(all);
  return {
    contestants: Object.fromEntries(
      entries.flatMap(([name, { run, missing }]) => (missing === undefined ? [[name, run]] : [])),
    ),
    missing: Object.fromEntries(
      entries.flatMap(([name, { missing }]) => (missing === undefined ? [] : [[name, missing]])),
    ),
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

/** Of the programs that are not packages. */
function versions() {
  const first = (/** @type {string} */ program, /** @type {string} */ argument) =>
    spawnSync(program, [argument], { encoding: "utf8" }).stdout?.split("\n")[0] ?? "none";
  return { curl: first("curl", "--version"), rclone: first("rclone", "version"), opendal: "0.47.11" };
}
