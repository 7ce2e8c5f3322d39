import { describe, expect, test } from "vitest";
import type { BlockReader, ByteSource } from "../../src/runtime/byte-source.ts";
import type { BodyInBlocks, Runtime, WireRequest } from "../../src/runtime/index.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { crc64Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, type Step, scriptedWire } from "../support/wire.ts";

const MB = 1024 * 1024;
const bytes = pattern(2 * MB + 5);

class BlockFile extends TestFile {
  async openBlocks(): Promise<BlockReader> {
    return {
      readNow: (into, position) => {
        const part = this.bytes.subarray(position, position + into.length);
        into.set(part);
        return part.length;
      },
    };
  }
}

/** Reads a body as a runtime does that sends it. */
async function collect(blocks: BodyInBlocks): Promise<Uint8Array> {
  const whole = new Uint8Array(blocks.length);
  for (let at = 0; at < blocks.length; ) {
    const block = await blocks.block(at);
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}

interface Rig {
  /** What the parts had that were sent in blocks. */
  readonly parts: Uint8Array[];
  readonly requests: WireRequest[];
  run(): Promise<unknown>;
}

/** An upload of a file in parts of 1 MB. @param onPart responds to a part in place of COS */
function rig(options: object, onPart?: (request: WireRequest) => Promise<void>): Rig {
  const clock = new VirtualClock();
  const parts: Uint8Array[] = [];
  const requests: WireRequest[] = [];
  const step: Step = async (request) => {
    requests.push(request);
    if (request.method === "POST" && request.url.endsWith("uploads=")) {
      return cosResponse(
        200,
        {},
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
      );
    }
    if (request.method === "POST") {
      const result = "<CompleteMultipartUploadResult><ETag>e-3</ETag></CompleteMultipartUploadResult>";
      return cosResponse(200, { "x-cos-hash-crc64ecma": String(crc64Of(bytes)) }, result);
    }
    await onPart?.(request);
    const body = request.blocks === undefined ? request.body : await collect(request.blocks);
    if (request.blocks !== undefined) parts.push(body ?? new Uint8Array(0));
    return cosResponse(200, {
      etag: '"e"',
      "x-cos-hash-crc64ecma": String(crc64Of(body ?? new Uint8Array(0))),
    });
  };
  const { runtime } = scriptedWire(clock, Array<Step>(20).fill(step));
  const withBlocks: Runtime = {
    ...runtime,
    sendsBlocks: true,
    open: async (): Promise<ByteSource> => new BlockFile(bytes),
  };
  const cos = clientOf(withBlocks, clock, { memoryBudget: MB, Scheme: "https", ...options });
  const run = (): Promise<unknown> =>
    clock.run(cos.uploadFile({ Bucket, Key, LocalFilePath: "file", PartSize: 1, MAXThread: 1 }));
  return { parts, requests, run };
}

describe("a runtime that sends blocks", () => {
  test("gets parts to read by HTTPS", async () => {
    const { parts, run } = rig({});
    await run();
    expect(parts.map(({ length }) => length)).toEqual([MB, MB]);
    expect(Buffer.compare(Buffer.concat(parts), bytes.subarray(0, 2 * MB))).toBe(0);
  });

  test.each([
    ["by HTTP", { Scheme: "http" }],
    ["by the HTTP of an endpoint", { Endpoint: "http://127.0.0.1:9000/{Bucket}" }],
    ["at a limited rate", { bandwidthLimit: 100 * MB }],
  ])("gets parts in memory %s", async (_, options) => {
    const { parts, run } = rig(options);
    await run();
    expect(parts).toEqual([]);
  });

  test("reads nothing for a request that has ended", async () => {
    let earlier: BodyInBlocks | undefined;
    const refused: unknown[] = [];
    const { parts, requests, run } = rig({}, async ({ blocks }) => {
      if (blocks === undefined) return;
      if (earlier === undefined) {
        earlier = blocks;
        await blocks.block(0);
        throw new Broken("reset");
      }
      try {
        await earlier.block(0);
      } catch (error) {
        refused.push(error);
      }
    });
    await run();
    expect(refused).toHaveLength(2);
    expect(String(refused[0])).toContain("the request has ended");
    expect(parts).toHaveLength(2);
    expect(requests).toHaveLength(6);
  });
});
