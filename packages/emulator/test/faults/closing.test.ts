import { expect, test } from "vitest";
import type { When } from "../../src/index.ts";
import { type Rig, startRig } from "../rig.ts";
import { firedIn, injectFault, inRun, newRun, see } from "./observe.ts";

const put = (path: string, body = "0123456789") => ({ method: "PUT", path, body });

/** An emulator whose delays last until the client has left, and whether one has begun. */
async function startEndlessDelays(): Promise<Rig & { readonly begun: () => boolean }> {
  let begun = false;
  const endless = await startRig({
    faults: true,
    minPartSize: 1,
    sleep: (_ms, gone) => {
      begun = true;
      return new Promise((resolve) => gone?.addEventListener("abort", () => resolve()));
    },
  });
  return Object.assign(endless, { begun: () => begun });
}

test.each<When>(["before-headers", "after-30-bytes-of-response"])(
  "a client that leaves in the middle of a delay %s leaves nothing behind",
  async (when) => {
    const endless = await startEndlessDelays();
    const run = newRun(endless, { op: "PutObject", when, fault: { kind: "delay", ms: 60_000 } });
    const seen = await see(endless, inRun(put("/left"), run), { silentAfter: endless.begun });
    expect(seen.end).toBe("open");
    // An emulator that still waited for the delay would not stop.
    await endless.stop();
    expect(firedIn(endless, run)).toEqual([1]);
  },
);

test("a client that closes before the commit has stored nothing", async () => {
  const endless = await startEndlessDelays();
  const run = newRun(endless, { op: "PutObject", when: "before-headers", fault: { kind: "delay", ms: 1 } });
  await see(endless, inRun(put("/left"), run), { silentAfter: endless.begun });
  const hungUp = (line: string): boolean => line.startsWith("hung-up PutObject") && line.includes("/left");
  await expect.poll(() => endless.log.some(hungUp)).toBe(true);
  expect((await endless.ask({ method: "GET", path: "/left" })).status).toBe(404);
  await endless.stop();
});

test("close() does not wait for silent and slow requests", async () => {
  const other = await startRig({
    faults: [{ op: "*", when: "before-headers", fault: "silence", times: "forever" }],
  });
  const seen = see(other, put("/never"));
  await expect.poll(() => other.faults.receipt("default")?.instructions[0]?.fired).toBe(1);
  // The silence itself lasts for half an hour.
  await other.stop();
  expect((await seen).end).not.toBe("open");
});

/**
 * The client shares the process, so it reads nothing while the event loop is held up: what was written and the reset
 * that follows wait for it together.
 */
test("a client that reads late can distinguish a reset from a FIN", async () => {
  const busy = await startRig({
    faults: true,
    log: () => setImmediate(() => spin(20)),
  });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    for (const fault of ["reset", "fin"] as const) {
      const instruction = { op: "PutObject", when: "after-30-bytes-of-response", fault } as const;
      const { seen } = await injectFault(busy, instruction, put("/late"));
      expect([seen.text.length, seen.end]).toEqual([30, fault]);
    }
  }
  await busy.stop();
});

function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
