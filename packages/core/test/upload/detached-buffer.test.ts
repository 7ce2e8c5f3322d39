import { describe, expect, test, vi } from "vitest";
import { CosError, SourceError, TransportError } from "../../src/errors.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import type { PartToSend, StoredObject, StoredResponse } from "../../src/upload/target.ts";
import { upload } from "../../src/upload/uploader.ts";
import { sendVerified } from "../../src/upload/verify.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { crc64Of, denied, MemoryTarget, md5Of } from "../support/memory-target.ts";
import { pattern, Random } from "../support/random.ts";
import { KB, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

/** What `postMessage(bytes, [bytes.buffer])` does to the sender's bytes. */
function transfer(bytes: Uint8Array<ArrayBuffer>): void {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
}

/** A wire that, like fetch, fails for transferred bytes. */
class Target extends MemoryTarget {
  /** Lengths of the bodies at the time of sending. */
  readonly bodies: number[] = [];

  override put(body: Uint8Array, md5: Uint8Array | undefined, signal: AbortSignal): Promise<StoredObject> {
    this.bodies.push(body.length);
    return super.put(body, md5, signal).catch(asTransport);
  }

  override putPart(
    uploadId: string,
    partNumber: number,
    part: PartToSend,
    signal: AbortSignal,
  ): Promise<StoredResponse> {
    this.bodies.push(part.body.length);
    return super.putPart(uploadId, partNumber, part, signal).catch(asTransport);
  }
}

function asTransport(error: unknown): never {
  throw error instanceof TypeError ? new TransportError(error.message, "unknown", error) : error;
}

interface Loss {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly atMs: number;
  readonly threshold?: number;
  readonly enableMd5?: boolean;
}

async function uploaded({ bytes, atMs, threshold = 4 * KB, enableMd5 = false }: Loss) {
  const clock = new VirtualClock();
  const target = new Target(clock);
  const core = await createCore(64 * KB, clock);
  const outcome = upload(
    target,
    bytesSource(bytes),
    { ...UPLOAD_OPTIONS, threshold, enableMd5, concurrency: 2 },
    { clock, partUnit: KB, digestCoreFor: async () => core },
  );
  clock.timer(atMs, () => transfer(bytes));
  return { outcome: clock.run(outcome), target, clock };
}

describe("bytes that are transferred away while they are uploaded", () => {
  test("at any instant are a SourceError, or are stored unchanged", async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 80; seed += 1) {
      const random = new Random(seed);
      const size = random.between(1, 12 * KB);
      const bytes = pattern(size, seed);
      const before = bytes.slice();
      const atMs = random.between(0, 70);
      const { outcome, target } = await uploaded({ bytes, atMs, enableMd5: random.pick([true, false]) });
      const label = `seed ${seed}: ${size} bytes, lost at ${atMs} ms`;
      const result = await outcome.catch((error: unknown) => error);
      if (result instanceof Error) {
        expect(result, label).toBeInstanceOf(SourceError);
        expect(result, label).toMatchObject({ code: "source-changed" });
      } else {
        expect(result, label).toMatchObject({ size, crc64: crc64Of(before) });
        expect(md5Of(target.object?.bytes ?? new Uint8Array(0)), label).toBe(md5Of(before));
      }
      if (target.object !== undefined) expect(target.object.bytes.length, label).toBe(size);
      expect([target.uploads.size, target.inFlight], label).toEqual([0, 0]);
      outcomes.add(result instanceof Error ? "lost" : "uploaded");
    }
    expect(outcomes.size).toBe(2);
  });

  test("before one PUT is sent are not stored as an empty object", async () => {
    const clock = new VirtualClock();
    const target = new Target(clock);
    const core = await createCore(64 * KB, clock);
    const bytes = pattern(KB);
    const source = bytesSource(bytes);
    // After the last check of the source, before the digest reads the bytes.
    source.changed = async () => {
      transfer(bytes);
      return false;
    };
    const options = { ...UPLOAD_OPTIONS, threshold: 4 * KB };
    const outcome = upload(target, source, options, { clock, partUnit: KB, digestCoreFor: async () => core });
    expect(await caughtAs(clock.run(outcome), SourceError)).toMatchObject({ code: "source-changed" });
    expect(target.requests).toEqual([]);
  });

  test("while COS responds to one PUT were stored, with the right size", async () => {
    const { outcome, target } = await uploaded({ bytes: pattern(3 * KB), atMs: 7 });
    expect(await outcome).toMatchObject({ size: 3 * KB });
    expect(target.object?.bytes.length).toBe(3 * KB);
  });

  test("while parts wait to be sent are not sent as empty parts", async () => {
    const { outcome, target } = await uploaded({ bytes: pattern(9 * KB), atMs: 12, enableMd5: true });
    expect(await caughtAs(outcome, SourceError)).toMatchObject({ code: "source-changed" });
    expect(target.bodies).toEqual([KB, KB]);
    expect([target.object, target.uploads.size]).toEqual([undefined, 0]);
  });
});

describe("sendVerified(), of bytes that are transferred away meanwhile", () => {
  const outcomeUnknown = new CosError("lost", { code: "outcome-unknown", retryable: false });

  async function failing(error: unknown, loses = true): Promise<unknown> {
    const bytes = pattern(KB);
    const core = await createCore(4 * KB, new VirtualClock());
    const digest = await core.digest(bytes, false);
    return caught(
      sendVerified(core, bytes, digest, 1, async () => {
        if (loses) transfer(bytes);
        throw error;
      }),
    );
  }

  test("reports the detached bytes as the reason of a failed request", async () => {
    const cause = new TransportError("detached", "unknown");
    expect(await failing(cause)).toMatchObject({ name: "SourceError", code: "source-changed", cause });
    expect(await failing(cause, false)).toBe(cause);
  });

  test.each(["integrity", "invalid-request"] as const)(
    "reports the detached bytes as the reason of COS's refusal: %s",
    async (code) => {
      const cause = new CosError("refused", { code, retryable: false });
      expect(await failing(cause)).toMatchObject({ name: "SourceError", code: "source-changed", cause });
      expect(await failing(cause, false)).toBe(cause);
    },
  );

  test.each([
    ["an abort", new DOMException("enough", "AbortError")],
    ["a refusal of another kind", denied()],
    ["an unknown outcome", outcomeUnknown],
    ["the reason of an abort that is no error", null],
  ])("leaves %s as it is", async (_, error) => {
    expect(await failing(error)).toBe(error);
  });

  test("does not send the rest of them again", async () => {
    const bytes = pattern(KB);
    const core = await createCore(4 * KB, new VirtualClock());
    const digest = await core.digest(bytes, false);
    const send = vi.fn(async () => {
      transfer(bytes);
      return { etag: "", crc64: 0n };
    });
    const error = await caughtAs(sendVerified(core, bytes, digest, 1, send), SourceError);
    expect(error.cause).toMatchObject({ code: "integrity" });
    expect(send).toHaveBeenCalledTimes(1);
  });

  test("accepts a part that COS acknowledged although its bytes are transferred away since", async () => {
    const bytes = pattern(KB);
    const core = await createCore(4 * KB, new VirtualClock());
    const digest = await core.digest(bytes, false);
    const response = { etag: md5Of(bytes), crc64: digest.crc64 };
    const outcome = sendVerified(core, bytes, digest, 1, async () => {
      transfer(bytes);
      return response;
    });
    expect(await outcome).toBe(response);
  });
});
