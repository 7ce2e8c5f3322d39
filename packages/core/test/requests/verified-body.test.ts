import { describe, expect, test } from "vitest";
import { IntegrityError, TransportError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, scriptedWire } from "../support/wire.ts";

/** CRC64-ECMA of "123456789", from the catalogue of CRCs. */
const CRC64 = "11051210869376104954";
const headers = { etag: '"e"', "content-length": "9", "x-cos-hash-crc64ecma": CRC64 };

/** The response of a GET, read to its end. */
async function read(
  response: ReturnType<typeof cosResponse>,
  parameters: { Range?: string; verify?: boolean; headers?: Record<string, string> } = {},
): Promise<string> {
  const clock = new VirtualClock();
  const { runtime } = scriptedWire(clock, [response]);
  const { Body } = await clock.run(clientOf(runtime, clock).getObject({ Bucket, Key, ...parameters }));
  return clock.run(new Response(Body).text());
}

function inPieces(pieces: readonly string[]): ReturnType<typeof cosResponse> {
  const value = new ReadableStream<Uint8Array>({
    start: (body) => {
      for (const piece of pieces) body.enqueue(new TextEncoder().encode(piece));
      body.close();
    },
  });
  return Object.defineProperty(cosResponse(200, headers, "x"), "body", { value });
}

describe("the body of getObject()", () => {
  test("ends when its CRC64 is the object's, however it is cut", async () => {
    expect(await read(inPieces(["1", "", "2345678", "9"]))).toBe("123456789");
  });

  test("fails with both checksums when a byte differs", async () => {
    const error = await caughtAs(read(inPieces(["123", "456788"])), IntegrityError);
    expect(error).toMatchObject({ code: "integrity", retryable: true, expected: CRC64 });
    expect(error.actual).not.toBe(CRC64);
    expect(error.message).toContain("getObject");
  });

  test.each(["12345678", "1234567899"])("fails when %s comes under a Content-Length of 9", async (text) => {
    const error = await caughtAs(read(inPieces([text])), TransportError);
    expect(error).toMatchObject({ failure: "reset", retryable: true });
    expect(error.message).toContain(`after ${text.length} of 9 bytes`);
  });

  test("is not verified where the runtime has unpacked it", async () => {
    const unpacked = Object.assign(cosResponse(200, headers, "unpacked"), { decoded: true });
    expect(await read(unpacked)).toBe("unpacked");
  });

  test("is verified where nobody can tell, unless its length says that it was unpacked", async () => {
    const hidden = (text: string) => Object.assign(cosResponse(200, headers, text), { decoded: "unknown" });
    expect(await read(hidden("unpacked bytes"))).toBe("unpacked bytes");
    expect(await read(hidden("123456789"))).toBe("123456789");
    await caughtAs(read(hidden("123456788")), IntegrityError);
    const chunked = { ...headers, "content-length": "" };
    const unsized = Object.assign(cosResponse(200, chunked, "123456788"), { decoded: "unknown" });
    expect(await read(unsized)).toBe("123456788");
  });

  test("of a range is compared with its length only", async () => {
    expect(await read(cosResponse(206, headers, "987654321"), { Range: "bytes=0-8" })).toBe("987654321");
    await caughtAs(read(cosResponse(206, headers, "98765432"), { Range: "bytes=0-8" }), TransportError);
  });

  test("of a range that the caller's own header asks for has no CRC64 either", async () => {
    const own = { headers: { range: "bytes=0-8" } };
    expect(await read(cosResponse(206, headers, "987654321"), own)).toBe("987654321");
  });

  test("is not verified when the caller turns it off", async () => {
    expect(await read(cosResponse(200, headers, "987654321"), { verify: false })).toBe("987654321");
  });
});

test("a response without a body is not the success of an object that has bytes", async () => {
  const clock = new VirtualClock();
  const whole = cosResponse(200, headers, "123456789");
  const wire = scriptedWire(clock, [cosResponse(200, headers), whole]);
  const { Body } = await clock.run(clientOf(wire.runtime, clock).getObject({ Bucket, Key }));
  expect(await clock.run(new Response(Body).text())).toBe("123456789");
  expect(wire.sent).toHaveLength(2);
});
