import { describe, expect, test } from "vitest";
import { validateScript } from "../../src/faults/validate.ts";
import { drawFault } from "../../src/replay/draw-fault.ts";
import { mix, Random } from "../../src/replay/random.ts";
import { requestIdOf } from "../../src/replay/request-ids.ts";
import { OPERATION_NAMES } from "../../src/request/operation.ts";

const MiB = 1024 * 1024;

/** The requests of an upload of eight parts, with two attempts each. */
const REQUESTS = [
  { operation: "InitiateMultipartUpload", key: "big.bin", bodyBytes: 0 },
  ...Array.from({ length: 8 }, (_, index) => ({
    operation: "UploadPart",
    key: "big.bin",
    partNumber: index + 1,
    bodyBytes: MiB,
  })),
  { operation: "CompleteMultipartUpload", key: "big.bin", bodyBytes: 500 },
  { operation: "HeadObject", key: "big.bin", bodyBytes: 0 },
  { operation: "GetObject", key: "big.bin", bodyBytes: 0 },
].flatMap((request) => [1, 2].map((attempt) => ({ ...request, attempt })));

/** The schedule of a seed as text. */
function scheduleOf(seed: number): string[] {
  return REQUESTS.flatMap((request) => {
    const id = requestIdOf(request, request.attempt);
    const drawn = drawFault(new Random(mix(seed, id)), request);
    if (drawn === undefined) return [];
    const part = "partNumber" in request ? ` ${request.partNumber}` : "";
    return `${id} ${request.operation}${part} #${request.attempt} ${drawn.when} ${JSON.stringify(drawn.fault)}`;
  });
}

describe("the schedule of a seed", () => {
  test.each([1, 2, 3, 4])("%i is the same in every version", (seed) => {
    expect(scheduleOf(seed)).toMatchSnapshot();
  });

  test("is another one for another seed", () => {
    const schedules = Array.from({ length: 100 }, (_, seed) => scheduleOf(seed).join("\n"));
    expect(new Set(schedules).size).toBeGreaterThan(95);
  });

  test("has valid instructions only, of every kind, for every operation", () => {
    const kinds = new Set<string>();
    let drawn = 0;
    const count = 20_000;
    for (let id = 0; id < count; id += 1) {
      const operation = OPERATION_NAMES[id % OPERATION_NAMES.length] ?? "GetObject";
      const rates = { silence: 0.05 };
      const found = drawFault(new Random(mix(7, id)), { operation, bodyBytes: id % 3 }, rates);
      if (found === undefined) continue;
      drawn += 1;
      kinds.add(found.fault.kind);
      expect(validateScript([{ op: operation, ...found }])).toHaveLength(1);
    }
    expect([...kinds].sort()).toEqual([
      ...["crc64", "delay", "fin", "flip-request", "flip-response", "late-error", "reset"],
      ...["silence", "stale-connection", "status"],
    ]);
    // The rates add up to 0.35; some faults do not apply to some operations.
    expect(drawn / count).toBeGreaterThan(0.31);
    expect(drawn / count).toBeLessThan(0.36);
  });
});

describe("the id of a request", () => {
  test("has operation, key, part number and attempt in it", () => {
    const part = { operation: "UploadPart", key: "a", partNumber: 1 };
    const ids = [
      requestIdOf(part, 1),
      requestIdOf(part, 2),
      requestIdOf({ ...part, partNumber: 2 }, 1),
      requestIdOf({ ...part, key: "b" }, 1),
      requestIdOf({ ...part, operation: "UploadPartCopy" }, 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("is hardly ever that of another request", () => {
    const ids = new Set<number>();
    for (let key = 0; key < 100; key += 1) {
      for (let partNumber = 1; partNumber <= 100; partNumber += 1) {
        ids.add(requestIdOf({ operation: "UploadPart", key: `folder/${key}`, partNumber }, 1));
      }
    }
    expect(ids.size).toBeGreaterThan(9_995);
  });
});
