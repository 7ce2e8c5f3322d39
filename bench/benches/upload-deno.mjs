import { existsSync, readFileSync } from "node:fs";
import { runFresh } from "../harness/child-process.mjs";
import { figure, notMeasured } from "../harness/figures.mjs";
import { repository, tlsFolder } from "../harness/paths.mjs";
import { ratios, runRounds } from "../harness/rounds.mjs";
import { DENO_ENVIRONMENT, denoCommand } from "../harness/runtimes.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { randomFile } from "../harness/sources.mjs";
import { verifyObject } from "../harness/verify.mjs";
import { summary } from "./upload.mjs";

const PART = 8 * 1024 * 1024;
const CONCURRENCY = 5;

export const uploadDenoBench = denoBenchOf("upload", false);
export const uploadDenoHttpsBench = denoBenchOf("https.upload", true);

/**
 * The same bench over HTTP and over HTTPS.
 * @param {"upload" | "https.upload"} prefix of its figures
 * @param {boolean} secure
 */
function denoBenchOf(prefix, secure) {
  const overFloor = `${prefix}.denoVsFloor`;
  const officialOverOurs = `${prefix}.denoOfficialOverOurs`;
  const keys = [overFloor, officialOverOurs];
  const unmeasured = (/** @type {string} */ why) => ({
    figures: Object.fromEntries(keys.map((key) => [key, notMeasured(key, why)])),
    detail: {},
  });
  return {
    name: secure ? "upload-deno-https" : "upload-deno",
    keys,

    /** @param {import("../harness/context.mjs").Context} context */
    async run(context) {
      const deno = denoCommand();
      if ("missing" in deno) return unmeasured(deno.missing);
      const module = denoEntry();
      if (module === undefined) return unmeasured("no packages/deno");
      const source = await randomFile(context.uploadBytes);
      return withSink(async (sink) => {
        const origin = secure ? sink.secureOrigin : sink.origin;
        const options = {
          origin,
          path: source.path,
          key: "big.bin",
          partSize: PART,
          concurrency: CONCURRENCY,
          module,
        };
        const environment = { ...DENO_ENVIRONMENT, DENO_CERT: `${tlsFolder}ca.pem`, ...forNode() };
        /** @param {string} script */
        const client = (script) => async () => {
          const found = await runFresh(deno.command, `clients/${script}`, options, environment);
          await verifyObject(sink, source, `Deno ${script}`);
          return found;
        };
        const measured = await runRounds(context, `${prefix} Deno`, {
          floor: client("upload-floor-deno.mjs"),
          ours: client("upload-ours-deno.mjs"),
          official: client("upload-official.mjs"),
        });
        const { floor = [], ours = [], official = [] } = measured;
        const cpu = (/** @type {{ cpuMs: number }} */ { cpuMs }) => cpuMs;
        return {
          figures: {
            [overFloor]: figure(overFloor, ratios(ours, floor, cpu)),
            [officialOverOurs]: figure(officialOverOurs, ratios(official, ours, cpu)),
          },
          detail: { bytes: source.size, concurrency: CONCURRENCY, "8 MiB parts": summary(measured) },
        };
      });
    },
  };
}

/** The official SDK uses node:https, which reads the authority from Node's variable. */
function forNode() {
  return { NODE_EXTRA_CA_CERTS: `${tlsFolder}ca.pem` };
}

/** The entry point of packages/deno according to its deno.json. */
function denoEntry() {
  const folder = `${repository}packages/deno/`;
  const file = ["deno.json", "jsr.json"].map((name) => `${folder}${name}`).find((path) => existsSync(path));
  if (file === undefined) return undefined;
  const { exports } = JSON.parse(readFileSync(file, "utf8"));
  return new URL(typeof exports === "string" ? exports : exports["."], `file://${folder}`).href;
}
