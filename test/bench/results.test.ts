import { describe, expect, it } from "vitest";
import { worstOf } from "../../bench/harness/documents.mjs";
import { folderOf } from "../../bench/harness/results.mjs";

describe("the folder of a model of CPU", () => {
  it.each([
    ["AMD EPYC 7B13", "amd-epyc-7b13"],
    ["Intel(R) Xeon(R) CPU @ 2.20GHz", "intel-xeon-cpu-2-20ghz"],
    [undefined, "unknown-cpu"],
  ])("%s", (model, folder) => expect(folderOf(model)).toBe(folder));
});

describe("the worst of a figure", () => {
  const on = (cpu: string, value: number | null) => ({
    figure: { value, spread: null, rounds: 5, target: "", reached: true },
    machine: { date: "2026-12-01", cpu, cores: 2, node: "v20.20.2" },
  });
  it("is the lowest of one that has to be high, and the highest of one that has to be low", () => {
    const measured = [on("one", 4), on("not measured", null), on("two", 2)];
    expect(worstOf("small.vsOfficial", measured)?.machine.cpu).toBe("two");
    expect(worstOf("upload.cpuVsFloor", measured)?.machine.cpu).toBe("one");
  });
  it("is undefined where nothing was measured", () => {
    expect(worstOf("small.vsOfficial", [on("one", null)])).toBeUndefined();
  });
});
