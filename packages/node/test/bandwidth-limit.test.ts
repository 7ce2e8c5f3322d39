import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createCos, type ProgressDetails } from "../src/index.ts";

const LIMIT = 256 * 1024;
const Bucket = "paced-1250000000";

interface Arrival {
  readonly atMs: number;
  readonly bytes: number;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Stores nothing, and notes when bytes arrive. It is in this process, so that a pause of it is one of the client's, too. */
async function noting(): Promise<{ Endpoint: string; arrivals: Arrival[]; lengths: (string | undefined)[] }> {
  const arrivals: Arrival[] = [];
  const lengths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    lengths.push(request.headers["content-length"]);
    request.on("data", (chunk: Buffer) => arrivals.push({ atMs: performance.now(), bytes: chunk.length }));
    request.on("end", () => response.setHeader("etag", '"e"').setHeader("x-cos-request-id", "id").end());
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    Endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{Bucket}`,
    arrivals,
    lengths,
  };
}

/** The most bytes that arrived within any `ms`. */
function mostWithin(arrivals: readonly Arrival[], ms: number): number {
  return Math.max(
    ...arrivals.map(({ atMs: from }) =>
      arrivals.reduce((sum, { atMs, bytes }) => (atMs >= from && atMs < from + ms ? sum + bytes : sum), 0),
    ),
  );
}

describe("bandwidthLimit", () => {
  it("keeps several bodies together below the limit on the wire, evenly", async () => {
    const { Endpoint, arrivals, lengths } = await noting();
    const cos = createCos({ Endpoint, SecretId: "id", SecretKey: "key", bandwidthLimit: LIMIT });
    const size = 256 * 1024;
    const bodies = Array.from({ length: 3 }, (_, index) => Buffer.alloc(size, index));
    const inFlight: number[] = [];
    const onProgress = (_done: number, _total: number | undefined, details: ProgressDetails) =>
      inFlight.push(details.inFlight);
    await Promise.all(
      bodies.map((Body, index) => cos.putObject({ Bucket, Key: `k${index}`, Body, onProgress })),
    );
    await cos.close();
    const received = arrivals.reduce((sum, { bytes }) => sum + bytes, 0);
    expect([received, lengths]).toEqual([3 * size, Array(3).fill(String(size))]);
    // Never faster, whatever else this machine does.
    expect((arrivals.at(-1)?.atMs ?? 0) - (arrivals[0]?.atMs ?? 0)).toBeGreaterThan(2_500);
    expect(mostWithin(arrivals, 1_000)).toBeLessThan(2 * LIMIT);
    expect(mostWithin(arrivals, 300)).toBeLessThan(LIMIT);
    expect(new Set(inFlight.filter((bytes) => bytes > 0 && bytes < size)).size).toBeGreaterThan(3);
  });

  it("ends with an abort, and the client goes on", async () => {
    const { Endpoint, lengths } = await noting();
    const cos = createCos({ Endpoint, SecretId: "id", SecretKey: "key", bandwidthLimit: LIMIT });
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = (_done: number, _total: number | undefined, { inFlight }: ProgressDetails): void => {
      if (inFlight > 0) controller.abort(reason);
    };
    const Body = Buffer.alloc(10 * LIMIT);
    const aborted = cos.putObject({ Bucket, Key: "k", Body, signal: controller.signal, onProgress });
    await expect(aborted).rejects.toBe(reason);
    await cos.putObject({ Bucket, Key: "k", Body: "after" });
    expect(lengths.at(-1)).toBe("5");
    await cos.close();
  });

  it("hears a refusal that comes before the body has left", async () => {
    const server = createServer((_request, response) => {
      response.writeHead(403, { "x-cos-request-id": "id", connection: "close" });
      response.end("<Error><Code>AccessDenied</Code></Error>");
    });
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const Endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{Bucket}`;
    const cos = createCos({ Endpoint, SecretId: "id", SecretKey: "key", bandwidthLimit: LIMIT });
    const Body = Buffer.alloc(10 * LIMIT);
    await expect(cos.putObject({ Bucket, Key: "k", Body })).rejects.toMatchObject({ code: "access-denied" });
    await cos.close();
  });
});
