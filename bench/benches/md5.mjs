import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { coreFile } from "../harness/paths.mjs";
import { median, ratios, runRounds } from "../harness/rounds.mjs";

/** @typedef {{ bytesPerSecond: number, digests: string[] }} Measurement */

export const md5Bench = {
  name: "md5",
  keys: ["md5.lanesVsNodeCrypto"],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const measure = (/** @type {string} */ subject) => () =>
      runFresh(NODE, "clients/md5.mjs", { subject, wasmFile: coreFile, durationMs: context.hashMs });
    /** @type {Record<string, Measurement[]>} */
    const measured = await runRounds(context, "md5", {
      "ours, four lanes": measure("lanes"),
      "node:crypto": measure("node:crypto"),
    });
    const all = Object.values(measured)
      .flat()
      .map(({ digests }) => digests.join());
    if (new Set(all).size !== 1) throw new Error("the MD5s do not agree");
    const ratio = ratios(
      measured["ours, four lanes"] ?? [],
      measured["node:crypto"] ?? [],
      ({ bytesPerSecond }) => bytesPerSecond,
    );
    const rates = Object.entries(measured).map(([name, rounds]) => ({
      name,
      gigabytesPerSecond: median(rounds.map(({ bytesPerSecond }) => bytesPerSecond)) / 1e9,
    }));
    return {
      figures: { "md5.lanesVsNodeCrypto": figure("md5.lanesVsNodeCrypto", ratio) },
      detail: { rates },
    };
  },
};
