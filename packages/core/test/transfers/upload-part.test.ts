import { describe, expect, test } from "vitest";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { clientRig } from "../support/client-rig.ts";
import { MB } from "../support/core.ts";
import { crc64Of, MemoryTarget, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { KB, TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { wireCos } from "../support/wire-cos.ts";

describe("uploadPart()", () => {
  const part = { Bucket, Key, UploadId: "upload-1", PartNumber: 1 };

  test.each<[string, () => string | Uint8Array | Blob | ReadableStream]>([
    ["bytes", () => pattern(3 * KB)],
    ["a Blob", () => new Blob([pattern(3 * KB)])],
    ["a stream of unknown length", () => new Blob([pattern(3 * KB)]).stream()],
  ])("takes %s", async (_, body) => {
    const { clock, cos, target } = clientRig();
    target.plant(new Map());
    const result = await clock.run(cos.uploadPart({ ...part, Body: body() }));
    expect(result).toMatchObject({
      ETag: `"${md5Of(pattern(3 * KB))}"`,
      crc64: String(crc64Of(pattern(3 * KB))),
    });
  });

  test("takes a stream under a memoryBudget smaller than the default", async () => {
    const clock = new VirtualClock();
    const target = new MemoryTarget(clock);
    target.plant(new Map());
    const cos = clientOf(wireCos(clock, target).runtime, clock, { memoryBudget: MB });
    const Body = new Blob([pattern(MB - 1)]).stream();
    expect(await clock.run(cos.uploadPart({ ...part, Body }))).toMatchObject({
      crc64: String(crc64Of(pattern(MB - 1))),
    });
    const tooLong = cos.uploadPart({ ...part, Body: new Blob([pattern(MB)]).stream() });
    await expect(clock.run(tooLong)).rejects.toMatchObject({ name: "RangeError", parameter: "Body" });
  });

  test("sends a damaged part again, and is an IntegrityError after three times", async () => {
    const { clock, cos, target } = clientRig();
    target.plant(new Map());
    target.fault = ({ nth }) => (nth < 1 ? { corrupt: true } : undefined);
    await clock.run(cos.uploadPart({ ...part, Body: "text" }));
    expect(target.countOf("putPart")).toBe(2);
    target.fault = () => ({ corrupt: true });
    await expect(clock.run(cos.uploadPart({ ...part, Body: "text" }))).rejects.toMatchObject({
      code: "integrity",
      partNumber: 1,
    });
  });

  test("is retried after a 200 without an ETag, which is not from COS", async () => {
    const { clock, target, wire } = clientRig();
    target.plant(new Map());
    let first = true;
    const odd: Runtime = {
      ...wire.runtime,
      send: async (request) => {
        const response = await wire.runtime.send(request);
        const isFirst = first;
        first = false;
        return isFirst ? new Response("<html/>", { status: 200 }) : response;
      },
    };
    await clock.run(clientOf(odd, clock).uploadPart({ ...part, Body: "text" }));
    expect(target.countOf("putPart")).toBe(2);
  });

  test("refuses a file that is rewritten while it is being read", async () => {
    const file = new TestFile(pattern(3 * KB));
    file.onRead = () => {
      file.isChanged = true;
    };
    const { clock, cos, target } = clientRig(KB, file);
    target.plant(new Map());
    const work = cos.uploadPart({ ...part, Body: { path: "file" } });
    await expect(clock.run(work)).rejects.toMatchObject({ name: "SourceError", code: "source-changed" });
    expect([target.countOf("putPart"), file.closed]).toEqual([0, 1]);
  });

  test("does not check a source that cannot change", async () => {
    const file = new TestFile(pattern(3 * KB), true);
    file.isChanged = true;
    const { clock, cos, target } = clientRig(KB, file);
    target.plant(new Map());
    await clock.run(cos.uploadPart({ ...part, Body: { path: "file" } }));
    expect(target.countOf("putPart")).toBe(1);
  });

  test("refuses a ContentMD5 that is not the bytes'", async () => {
    const { clock, cos, target } = clientRig();
    const work = cos.uploadPart({ ...part, Body: "text", ContentMD5: "XrY7u+Ae7tCTyyK7j1rNww==" });
    await expect(clock.run(work)).rejects.toMatchObject({ name: "IntegrityError", retryable: false });
    expect(target.requests).toEqual([]);
  });
});
