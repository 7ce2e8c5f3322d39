import { afterEach, describe, expect, test, vi } from "vitest";
import { createContext } from "../../src/client-context.ts";
import { ArgumentRangeError } from "../../src/errors.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { upload } from "../../src/upload/uploader.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { denied, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, interruptedRig, KB, type Rig, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { scriptedWire } from "../support/wire.ts";

const bytes = pattern(6 * KB);
const file = (): TestFile => new TestFile(bytes);
const none = new RangeError("Unable to grow instance memory");

/** A machine without memory until the test provides it. */
function shortage() {
  return vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
    throw none;
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an upload for whose parts there is no memory", () => {
  test.each([
    ["a file in parts", file, {}],
    ["a file in one PUT", file, { threshold: 8 * KB }],
    ["a stream of unknown length", () => streamSource(new Blob([bytes]).stream(), undefined), {}],
    ["a stream of a declared length", () => streamSource(new Blob([bytes]).stream(), bytes.length), {}],
  ])(
    "sends nothing, says what it asked for, and works as soon as there is: %s",
    async (_, source, options) => {
      const rig = await createRig();
      const memory = shortage();
      const error = await caughtAs(rig.run(source(), options), ArgumentRangeError);
      expect(error).toMatchObject({ name: "RangeError", parameter: "memoryBudget", cause: none });
      expect(error.message).toContain(`no memory for ${256 * KB} bytes of part buffers now`);
      expect(error.message).toMatch(/^memoryBudget: .* a smaller one, or a smaller PartSize/);
      expect([rig.target.requests, rig.checkpoints.saved]).toEqual([[], []]);
      expect(rig.checkpoints.locks.size).toBe(0);

      memory.mockRestore();
      await rig.run(source(), options);
      expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
    },
  );

  test("needs none for a source that is in memory already", async () => {
    const rig = await createRig();
    const memory = shortage();
    expect(await rig.run(bytesSource(bytes))).toMatchObject({ partsSent: 6 });
    expect(memory).not.toHaveBeenCalled();
  });
});

describe("an upload that resumes without memory", () => {
  /** The same upload in another process, whose core has no memory yet. */
  const restarted = async (from: Rig): Promise<Rig> => {
    const rig = await createRig();
    for (const [id, text] of from.checkpoints.texts) rig.checkpoints.texts.set(id, text);
    for (const [id, parts] of from.target.uploads) rig.target.uploads.set(id, parts);
    return rig;
  };

  test("keeps the parts in COS, and continues as soon as there is memory", async () => {
    const rig = await restarted(await interruptedRig(file()));
    const memory = shortage();
    await caughtAs(rig.run(file()), ArgumentRangeError);
    expect([rig.target.countOf("initiate"), rig.target.countOf("abort"), rig.target.uploads.size]).toEqual([
      0, 0, 1,
    ]);
    memory.mockRestore();
    expect(await rig.run(file())).toMatchObject({ partsResumed: 2, partsSent: 4 });
  });

  test("needs none when all of its parts were verified according to the checkpoint", async () => {
    const first = await createRig();
    first.target.fault = ({ operation }) => (operation === "complete" ? { refuse: denied() } : undefined);
    await caught(first.run(new TestFile(bytes, true)));
    const rig = await restarted(first);
    const memory = shortage();
    expect(await rig.run(new TestFile(bytes, true))).toMatchObject({ partsResumed: 6, partsSent: 0 });
    expect(memory).not.toHaveBeenCalled();
  });
});

test("a shortage does not break the client's core: the next upload tries again", async () => {
  const rig = await createRig();
  const { runtime } = scriptedWire(rig.clock, []);
  const secrets = { SecretId: "id", SecretKey: "key", Region: "ap-guangzhou" };
  const context = createContext(runtime, { ...secrets, memoryBudget: 1024 * KB }, rig.clock);
  const send = () =>
    rig.clock.run(
      upload(rig.target, file(), UPLOAD_OPTIONS, {
        clock: rig.clock,
        partUnit: KB,
        digestCoreFor: context.digestCoreFor,
      }),
    );
  const memory = shortage();
  const core = await context.digestCoreFor(0);
  for (let times = 1; times <= 2; times += 1)
    expect((await caughtAs(send(), ArgumentRangeError)).message).toContain(`${1024 * KB} bytes`);
  expect([rig.target.requests.length, memory.mock.calls.length]).toEqual([0, 2]);
  memory.mockRestore();
  expect(await send()).toMatchObject({ partsSent: 6 });
  expect(await context.digestCoreFor(0)).toBe(core);
});
