import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import { emulatorSetup, settingsFor } from "./emulator-settings.ts";
import { streamModules } from "./fixtures/stream-modules.mjs";
import { runCase } from "./run-suite.ts";
import { suite } from "./suite.ts";

describe("contract", () => {
  let data: string;
  let emulator: RunningEmulator;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "cosup-contract-"));
    emulator = await startEmulator({ data, ...emulatorSetup });
  });

  afterAll(async () => {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  });

  for (const contract of suite) {
    it(contract.name, () => runCase(contract, createNodeRuntime, settingsFor(emulator.url), streamModules));
  }
});
