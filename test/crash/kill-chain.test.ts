import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("./kill-chain.mjs", import.meta.url));

it.each([
  ["cosup cp", []],
  ["cosup cp --threads 2", ["--threads", "2"]],
])(
  "%s, killed by SIGKILL at random moments and resumed, ends with the file's CRC64",
  (_, threads) => {
    const seed = String(Date.now() % 1_000_000);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [script, "--size", "96", "--kills", "4", "--seed", seed, ...threads],
      { encoding: "utf8" },
    );
    expect(`${stdout}${stderr}`).toContain("kill-chain: 1 passed, 0 failed");
    expect(status).toBe(0);
  },
  120_000,
);
