import { afterAll, beforeAll } from "vitest";
import type { Instruction } from "../../src/index.ts";
import { type Ask, type Rig, startRig } from "../rig.ts";

/** An emulator for all tests of a file; set before the first of them. */
export let rig: Rig;

export function useRig(): void {
  beforeAll(async () => {
    rig = await startRig({ faults: true });
  });
  afterAll(() => rig.stop());
}

export const PUT: Ask = { method: "PUT", path: "/k", body: "x" };

/** A 503 to a PUT, unless it says otherwise. */
export const busy = (more: Partial<Instruction> = {}): Instruction => ({
  op: "PutObject",
  when: "before-headers",
  fault: { kind: "status", status: 503 },
  ...more,
});
