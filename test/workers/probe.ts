import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Cos, startCos, startWorker, type Worker } from "./rig.ts";

/** An emulator, and a Worker whose URL selects the upload; for all tests of a file, set before the first of them. */
export let cos: Cos;
export let worker: Worker;

export function useProbe(): void {
  beforeAll(async () => {
    cos = await startCos();
    worker = await startWorker("probe", { bindings: { ENDPOINT: cos.endpoint } });
  });
  afterAll(async () => {
    await worker.stop();
    await cos.stop();
  });
  beforeEach(() => cos.forget());
}
