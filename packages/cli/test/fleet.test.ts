import { expect, test } from "vitest";
import { describeEvent } from "../src/commands/fleet-work.ts";
import { loadFleet } from "../src/commands/load-fleet.ts";

test("without @cosup/fleet, one line says how to install it", async () => {
  await expect(loadFleet("@cosup/not-installed")).rejects.toThrow(
    "cosup fleet needs the package @cosup/fleet: npm install @cosup/fleet",
  );
  expect(Object.keys(await loadFleet())).toContain("startWorker");
});

test("each event of a worker is one line", () => {
  const lines = [
    describeEvent({ type: "warning", message: "Redis keeps no append-only file" }),
    describeEvent({
      type: "failed",
      run: "r",
      key: "k",
      code: "source-not-found",
      message: "there is no file",
    }),
    describeEvent({ type: "throttled", waitMs: 1200 }),
    describeEvent({ type: "loss-noticed", job: "r-b1" }),
    describeEvent({ type: "recovered", run: "r", jobs: 3 }),
    describeEvent({ type: "draining" }),
    describeEvent({ type: "done", run: "r", key: "k", size: 5 }),
  ];
  expect(lines).toEqual([
    "cosup: warning: Redis keeps no append-only file",
    "cosup: k: there is no file",
    "cosup: COS throttled requests; all workers wait 2 s",
    "cosup: a worker was lost; its job r-b1 is in the queue again",
    "cosup: 3 lost jobs of run r added to the queue again",
    "ending what was begun",
    "k  5 bytes",
  ]);
});
