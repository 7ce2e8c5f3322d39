import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const run = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cosup-compare-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A checkout whose client sends `body` and claims that it took `readyMs` to start. */
function checkoutOf(name: string, readyMs: number, body = "options.body"): string {
  const checkout = join(folder, name);
  mkdirSync(join(checkout, "bench/clients"), { recursive: true });
  mkdirSync(join(checkout, "packages/node/dist"), { recursive: true });
  writeFileSync(join(checkout, "packages/node/dist/index.js"), "");
  writeFileSync(
    join(checkout, "bench/clients/startup-ours.mjs"),
    `const options = JSON.parse(process.argv[2]);
    await fetch(options.origin + "/first", { method: "PUT", body: ${body} });
    console.log(JSON.stringify({ readyMs: ${readyMs} }));`,
  );
  return checkout;
}

function compare(args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const all = [run, "--no-build", "--tiny", "--json", ...args];
  return new Promise((resolve) =>
    execFile(process.execPath, all, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
}

const startup = (checkout: string): readonly string[] => ["--compare", checkout, "startup", "--pairs", "2"];

describe("--compare", () => {
  it("ends with 1 against a build that starts far sooner", async () => {
    const { code, stdout } = await compare(startup(checkoutOf("sooner", 0.001)));
    const [row] = JSON.parse(stdout).rows;
    expect([code, row.bench, row.pairs, row.verdict]).toEqual([1, "startup", 2, "worse"]);
    expect(row.low).toBeGreaterThan(1.03);
    expect(row.other).toBeCloseTo(0.001, 10);
  });

  it("ends with 0 against a build that starts far later", async () => {
    const { code, stdout } = await compare(startup(checkoutOf("later", 1e6)));
    const [row] = JSON.parse(stdout).rows;
    expect([code, row.verdict]).toEqual([0, "no worse"]);
    expect(row.high).toBeLessThan(1);
  });

  it("counts nothing from a build that sends wrong bytes", async () => {
    const { code, stdout, stderr } = await compare(startup(checkoutOf("wrong", 50, '"the wrong bytes"')));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("wrong: 15 bytes with CRC64");
  });

  it.each([
    ["no folder", ["--compare", join(folder, "none")], "needs the folder of another checkout"],
    ["no checkout", ["--compare", folder], "is not a checkout with benchmarks"],
    ["another bench", ["--compare", folder, "md5"], "unknown bench md5: choose from upload, small, startup"],
    [
      "one pair",
      ["--compare", folder, "--pairs", "1"],
      "--pairs must be a whole number of at least 2, not 1",
    ],
    ["pairs alone", ["--pairs", "3"], "--pairs can only be used with --compare CHECKOUT"],
  ])("refuses %s", async (_what, args, message) => {
    const { code, stdout, stderr } = await compare(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});
