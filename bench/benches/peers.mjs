import { spawnSync } from "node:child_process";
import { figure, notMeasured } from "../harness/figures.mjs";
import { ratios, runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { randomFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { contestantsOf } from "./peer-contestants.mjs";
import { summary } from "./upload.mjs";

const CONCURRENCY = 5;
const PART = 8 * MiB;

/** @param {{ cpuMs: number }} measurement */
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
        const origin = secure ? sink.secureOrigin : sink.origin;
        const shared = { origin, path: source.path, key: "big.bin" };
        const options = { ...shared, partSize: PART, concurrency: CONCURRENCY };
        const all = await contestantsOf(sink, source, options);
        const missing = Object.fromEntries(Object.entries(all).map(([name, each]) => [name, each.missing]));
        const contestants = Object.fromEntries(
          Object.entries(all).flatMap(([name, each]) =>
            each.missing === undefined ? [[name, each.run]] : [],
          ),
        );
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

/** Of the programs that are not packages: those of packages are in the lockfiles. */
function versions() {
  const first = (/** @type {string} */ program, /** @type {string} */ argument) =>
    spawnSync(program, [argument], { encoding: "utf8" }).stdout?.split("\n")[0] ?? "none";
  return { curl: first("curl", "--version"), rclone: first("rclone", "version") };
}
