import { DigestCore } from "../../packages/core/src/digest/digest-core.ts";
import { systemClock } from "../../packages/core/src/runtime/clock.ts";
import { createDenoRuntime } from "../../packages/deno/runtime.ts";
import { assert, MiB, noise, test } from "./rig.ts";

test("part buffers are taken as they are needed, and keep their bytes and digests while the memory grows", async () => {
  const core = await DigestCore.create(createDenoRuntime(), 64 * MiB, systemClock);
  const first = await core.arena.allocate(3 * MiB);
  const memory = first.bytes.buffer;
  assert.ok(memory.byteLength < 4 * MiB, `${memory.byteLength} bytes for 3 MiB`);
  first.bytes.set(noise(3 * MiB));
  const before = await core.digest(first.bytes, true);
  const second = await core.arena.allocate(8 * MiB);
  assert.equal(second.bytes.buffer, memory);
  assert.ok(memory.byteLength < 12 * MiB, `${memory.byteLength} bytes for 11 MiB`);
  assert.equal(first.bytes.length, 3 * MiB);
  assert.deepEqual(await core.digest(first.bytes, true), before);
  assert.deepEqual(await core.digest(noise(3 * MiB), true), before);
});
