import { describe, expect, test } from "vitest";
import { CosError } from "../../src/errors.ts";
import { MAX_RESPONSE_BYTES } from "../../src/runtime/response-limit.ts";
import type { WireResponse } from "../../src/runtime/wire.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";

/** A response of `length` bytes in pieces, that says whether it was cancelled. */
function long(status: number, length: number): { response: WireResponse; cancelled: () => unknown } {
  let left = length;
  let reason: unknown;
  const body = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      const bytes = new Uint8Array(Math.min(left, 65_536)).fill(0x61);
      left -= bytes.length;
      if (bytes.length === 0) stream.close();
      else stream.enqueue(bytes);
    },
    cancel: (why) => {
      reason = why;
    },
  });
  const headers = { "x-cos-request-id": "r", etag: '"e"' };
  return { response: new Response(body, { status, headers }), cancelled: () => reason };
}

describe("a response without an end", () => {
  test.each([200, 404, 503])(
    "of status %i fails after 4 MiB, and its connection is closed",
    async (status) => {
      const clock = new VirtualClock();
      const { response, cancelled } = long(status, Number.POSITIVE_INFINITY);
      const { runtime, sent } = scriptedWire(clock, [response]);
      const error = await caughtAs(
        clock.run(clientOf(runtime, clock).listParts({ Bucket, Key, UploadId: "u" })),
        CosError,
      );
      expect(error).toMatchObject({
        code: "unexpected-response",
        retryable: false,
        message: "the response is longer than 4 MiB",
        hint: expect.stringContaining("does not speak COS's protocol"),
      });
      expect(cancelled()).toBe(error);
      expect([sent.length, clock.pending]).toEqual([1, 0]);
    },
  );

  test.each([
    [undefined, 200, "with `stream: true`"],
    [false, 200, "with `stream: true`"],
    // A refusal is read as text in any case.
    [true, 404, "does not speak COS's protocol"],
  ] as const)("of request() with stream %s and status %i has the hint %s", async (stream, status, hint) => {
    const clock = new VirtualClock();
    const { runtime, sent } = scriptedWire(clock, [long(status, Number.POSITIVE_INFINITY).response]);
    const call = clientOf(runtime, clock).request({ Method: "GET", Bucket, Key, stream: stream as false });
    const error = await caughtAs(clock.run(call), CosError);
    expect(error).toMatchObject({
      message: "the response is longer than 4 MiB",
      hint: expect.stringContaining(hint),
    });
    expect(sent).toHaveLength(1);
  });

  test("that ends at 4 MiB is read", async () => {
    const clock = new VirtualClock();
    const { runtime } = scriptedWire(clock, [long(200, MAX_RESPONSE_BYTES).response]);
    const work = clientOf(runtime, clock).putObject({ Bucket, Key, Body: "x" });
    expect(await clock.run(work)).toMatchObject({ ETag: '"e"' });
  });

  test("is allowed for an object", async () => {
    const clock = new VirtualClock();
    const { runtime } = scriptedWire(clock, [long(200, MAX_RESPONSE_BYTES + 1).response]);
    const { Body } = await clock.run(clientOf(runtime, clock).getObject({ Bucket, Key }));
    expect((await new Response(Body).arrayBuffer()).byteLength).toBe(MAX_RESPONSE_BYTES + 1);
  });

  test("is allowed for request() with stream", async () => {
    const clock = new VirtualClock();
    const { runtime } = scriptedWire(clock, [long(200, MAX_RESPONSE_BYTES + 1).response]);
    const call = clientOf(runtime, clock).request({ Method: "GET", Bucket, Key, stream: true });
    const { body } = await clock.run(call);
    expect((await new Response(body).arrayBuffer()).byteLength).toBe(MAX_RESPONSE_BYTES + 1);
  });
});
