import { existsSync, readFileSync } from "node:fs";
import { runFresh } from "../harness/child-process.mjs";
import { figure, notMeasured } from "../harness/figures.mjs";
import { repository } from "../harness/paths.mjs";
import { ratios, runRounds } from "../harness/rounds.mjs";
import { DENO_ENVIRONMENT, denoCommand } from "../harness/runtimes.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { randomFile } from "../harness/sources.mjs";
import { verifyObject } from "../harness/verify.mjs";
import { summary } from "./upload.mjs";

const KEY = "upload.denoOfficialOverOurs";
const PART = 8 * 1024 * 1024;
const CONCURRENCY = 5;

export const uploadDenoBench = {
  name: "upload-deno",
  keys: [KEY],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const deno = denoCommand();
    if ("missing" in deno) return { figures: { [KEY]: notMeasured(KEY, deno.missing) }, detail: {} };
    const module = denoEntry();
    if (module === undefined) return { figures: { [KEY]: notMeasured(KEY, "no packages/deno") }, detail: {} };
    const source = await randomFile(context.uploadBytes);
    return withSink(async (sink) => {
      /** @param {string} script */
      const client = (script) => async () => {
        const options = {
          origin: sink.origin,
          path: source.path,
          key: "big.bin",
          partSize: PART,
          concurrency: CONCURRENCY,
          module,
        };
        const found = await runFresh(deno.command, `clients/${script}`, options, DENO_ENVIRONMENT);
        await verifyObject(sink, source, `Deno ${script}`);
        return found;
      };
      const measured = await runRounds(context, "upload Deno", {
        ours: client("upload-ours-deno.mjs"),
        official: client("upload-official.mjs"),
      });
      const { ours = [], official = [] } = measured;
      return {
        figures: {
          [KEY]: figure(
            KEY,
            ratios(official, ours, ({ cpuMs }) => cpuMs),
          ),
        },
        detail: { bytes: source.size, concurrency: CONCURRENCY, "8 MiB parts": summary(measured) },
      };
    });
  },
};

/** The entry point of packages/deno according to its deno.json. */
function denoEntry() {
  const folder = `${repository}packages/deno/`;
  const file = ["deno.json", "jsr.json"].map((name) => `${folder}${name}`).find((path) => existsSync(path));
  if (file === undefined) return undefined;
  const { exports } = JSON.parse(readFileSync(file, "utf8"));
  return new URL(typeof exports === "string" ? exports : exports["."], `file://${folder}`).href;
}
