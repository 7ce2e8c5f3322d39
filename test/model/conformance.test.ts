/**
 * What surrounds the decisions (loops, counters, the order of requests) is written twice: in core and in the model. Here
 * core's own engine plays random histories of the model: it must send the same requests and come to the same result.
 */
import { expect, test } from "vitest";
import { CosError } from "../../packages/core/src/errors.ts";
import { upload } from "../../packages/core/src/upload/uploader.ts";
import { createCore } from "../../packages/core/test/support/core.ts";
import { MemoryCheckpoints } from "../../packages/core/test/support/memory-checkpoints.ts";
import { pattern, Random } from "../../packages/core/test/support/random.ts";
import { KB, TestFile, UPLOAD_OPTIONS } from "../../packages/core/test/support/upload-rig.ts";
import { VirtualClock } from "../../packages/core/test/support/virtual-clock.ts";
import { HEADERS, REAL } from "./decisions.ts";
import { FAILURES } from "./network.ts";
import { SCENARIOS } from "./scenarios.ts";
import { ScriptedTarget } from "./scripted-target.ts";
import { type Played, walk } from "./walk.ts";
import type { Task } from "./writer.ts";

const HISTORIES = 200;
/** A call of core's engine sees a request's outcome after all its attempts, and has 8 rounds of Complete. */
const DECISIONS = { ...REAL, limits: { attempts: 1, rounds: 8 } };
/** Many faults: the histories are chosen at random. Few use up all rounds; core's own tests do that. */
const BOUNDS = { faults: 14, actions: 2, crashes: 0, calls: 2 };
const WHOLE = pattern(2 * KB);

const scenarios = Object.entries(SCENARIOS).filter(([, { kind }]) => kind === "multipart");

test.each(scenarios)(
  "core's engine plays the histories of the model: %s",
  async (_, task) => {
    const random = new Random(7);
    let differentEnds = new Set<string>();
    for (let history = 0; history < HISTORIES; history += 1) {
      const calls = walk(task, DECISIONS, BOUNDS, () => random.next());
      await play(task, calls);
      differentEnds = new Set([...differentEnds, ...calls.map(({ verdict }) => verdict)]);
    }
    expect(differentEnds.size).toBeGreaterThan(4);
  },
  600_000,
);

async function play(task: Task, calls: readonly Played[]): Promise<void> {
  const clock = new VirtualClock();
  const core = await createCore(16 * KB, clock);
  const checkpoints = task.checkpoints ? new MemoryCheckpoints() : undefined;
  for (const [index, { exchanges, verdict }] of calls.entries()) {
    const target = new ScriptedTarget(exchanges, WHOLE);
    const asked = HEADERS[index === 0 ? task.headers : task.laterHeaders];
    const headers = task.forbid ? { ...asked, "x-cos-forbid-overwrite": "true" } : asked;
    const options = { ...UPLOAD_OPTIONS, threshold: 0, concurrency: 1, headers, checkpoints };
    const dependencies = { clock, partUnit: KB, digestCoreFor: async () => core };
    const result = await clock.run(
      upload(target, new TestFile(WHOLE), options, dependencies).then(
        () => "success",
        (error: unknown) => error,
      ),
    );
    const story = `${exchanges.map((exchange) => JSON.stringify(exchange)).join("\n")}\n${verdict}`;
    expect(target.asked, story).toEqual(exchanges.map(({ op }) => op));
    if (verdict === "confirmed" || verdict === "found") expect(result, story).toBe("success");
    else if (verdict === "outcome-unknown")
      expect(result instanceof CosError && result.code, story).toBe("outcome-unknown");
    else expect(result, story).toBe(FAILURES[verdict]);
  }
}
