import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const run = (script: string, ...words: string[]) => {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...words], { encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
};

it("the emulator, killed while it puts, completes, appends, deletes and switches versions, loses and tears nothing", () => {
  const { status, text } = run("./server-kills.mjs", "--times", "6");
  expect(text).toMatch(/^server-kills: 0 failed$/m);
  const counts = [...text.matchAll(/^\w+: 6 kills, (\d+) acknowledged, \d+ cut off, 0 lost or torn$/gm)];
  expect(counts.map(([, acknowledged]) => Number(acknowledged) > 0)).toEqual([true, true, true, true, true]);
  expect(status).toBe(0);
}, 300_000);

it("with fsync, bytes and records are on the device before the response", (context) => {
  const { status, text } = run("./fsync-order.mjs");
  if (text.includes("skipped")) context.skip(text);
  expect(text).toMatch(/^fsync-order: 0 failed$/m);
  expect(status).toBe(0);
}, 120_000);
