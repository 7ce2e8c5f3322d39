import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Instruction, When } from "../../src/index.ts";
import { type Rig, startRig } from "../rig.ts";
import { firedIn, injectFault, inRun, newRun, receiptOf, requestBytes, see, watch } from "./observe.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true, minPartSize: 1 });
});
afterAll(() => rig.stop());

const put = (path: string, body = "0123456789") => ({ method: "PUT", path, body });
const stored = async (path: string): Promise<string | undefined> => {
  const response = await rig.ask({ method: "GET", path });
  return response.status === 200 ? response.text : undefined;
};

/** Shows whether a fault happened before or after the commit. */
const BEFORE: readonly When[] = [
  "before-accept",
  "before-headers",
  "after-0-bytes-of-request",
  "after-5-bytes-of-request",
  "after-10-bytes-of-request",
  "after-body-before-commit",
];
const AFTER: readonly When[] = [
  "after-commit-before-response",
  "after-0-bytes-of-response",
  "after-30-bytes-of-response",
];
const MOMENTS = [
  ...BEFORE.map((when) => [when, false] as const),
  ...AFTER.map((when) => [when, true] as const),
];

describe.each(MOMENTS)("%s", (when, committed) => {
  test.each([
    ["reset", "reset"],
    ["fin", "fin"],
    ["silence", "open"],
  ] as const)("%s", async (fault, end) => {
    const path = `/${when}-${fault}`;
    const bytes = Number(/after-(\d+)-bytes-of-response/.exec(when)?.[1] ?? 0);
    const run = newRun(rig, { op: "PutObject", when, fault });
    const silentAfter = (text: string): boolean => firedIn(rig, run)[0] === 1 && text.length >= bytes;
    const seen = await see(rig, inRun(put(path), run), fault === "silence" ? { silentAfter } : {});
    const receipt = receiptOf(rig, run);
    expect(seen.end).toBe(end);
    expect(seen.text).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".slice(0, bytes));
    expect(await stored(path)).toBe(committed ? "0123456789" : undefined);
    expect(receipt.instructions.map(({ fired, matched }) => [fired, matched])).toEqual([[1, 1]]);
  });

  test("delay", async () => {
    const path = `/${when}-delay`;
    const { seen, receipt } = await injectFault(
      rig,
      { op: "PutObject", when, fault: { kind: "delay", ms: 120 } },
      put(path),
    );
    expect([seen.status, seen.end]).toEqual([200, "fin"]);
    expect(seen.ms).toBeGreaterThan(110);
    expect(await stored(path)).toBe("0123456789");
    expect(receipt.instructions[0]?.fired).toBe(1);
  });
});

test("an instruction does not fire at a body that is too short, and fires at the next request", async () => {
  const run = newRun(rig, { op: "PutObject", when: "after-100-bytes-of-request", fault: "reset" });
  expect((await see(rig, inRun(put("/short"), run))).status).toBe(200);
  expect(firedIn(rig, run)).toEqual([0]);
  expect((await see(rig, inRun(put("/long", "x".repeat(101)), run))).end).toBe("reset");
  expect(firedIn(rig, run)).toEqual([1]);
  expect(() => rig.faults.expectAllFired(run)).not.toThrow();
});

test("an instruction does not fire at a response that is too short", async () => {
  const { seen, receipt } = await injectFault(
    rig,
    { op: "PutObject", when: "after-100000-bytes-of-response", fault: "reset" },
    put("/short-response"),
  );
  expect([seen.status, receipt.instructions[0]?.fired]).toEqual([200, 0]);
});

test("stop-reading leaves most of a large body unsent", async () => {
  const body = Buffer.alloc(32 * 1024 * 1024);
  const instruction: Instruction = {
    op: "PutObject",
    when: "after-1000-bytes-of-request",
    fault: "stop-reading",
  };
  const run = newRun(rig, instruction);
  const socket = connect({ port: rig.port, host: "127.0.0.1" });
  socket.on("error", () => {});
  socket.write(requestBytes(rig, { ...inRun({ method: "PUT", path: "/stopped" }, run), body }));
  await expect.poll(() => firedIn(rig, run)).toEqual([1]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  // Node counts a write as sent once the kernel has all of it.
  expect(socket.writableLength).toBeGreaterThan(0);
  socket.destroy();
  expect(await stored("/stopped")).toBeUndefined();
});

test("silence reads a large body to its end", async () => {
  const body = Buffer.alloc(32 * 1024 * 1024);
  const run = newRun(rig, { op: "PutObject", when: "before-headers", fault: "silence" });
  const socket = connect({ port: rig.port, host: "127.0.0.1" });
  const sent = new Promise<void>((resolve) => {
    socket.write(requestBytes(rig, { ...inRun({ method: "PUT", path: "/swallowed" }, run), body }), () =>
      resolve(),
    );
  });
  await sent;
  socket.destroy();
  expect(await stored("/swallowed")).toBeUndefined();
});

test("slow-read takes as long as its rate implies", async () => {
  const { seen, receipt } = await injectFault(
    rig,
    { op: "PutObject", when: "before-headers", fault: { kind: "slow-read", bytesPerSecond: 1000 } },
    put("/slow", "x".repeat(300)),
  );
  expect(seen.status).toBe(200);
  expect(seen.ms).toBeGreaterThan(290);
  expect(await stored("/slow")).toBe("x".repeat(300));
  expect(receipt.instructions[0]?.fired).toBe(1);
});

test("slow-read may begin in the middle", async () => {
  let sleptMs = 0;
  const other = await startRig({
    faults: true,
    minPartSize: 1,
    sleep: async (ms) => {
      sleptMs += ms;
    },
  });
  const instruction: Instruction = {
    op: "PutObject",
    when: "after-900-bytes-of-request",
    fault: { kind: "slow-read", bytesPerSecond: 1000 },
  };
  const { seen } = await injectFault(other, instruction, put("/slow-end", "x".repeat(1000)));
  await other.stop();
  expect([seen.status, Math.round(sleptMs)]).toEqual([200, 100]);
});

test("slice sends frames of 1 to 7 bytes, and the whole response", async () => {
  await rig.ask(put("/sliced", "sliced content"));
  const { seen, receipt } = await injectFault(
    rig,
    { op: "GetObject", when: "after-commit-before-response", fault: "slice" },
    { method: "GET", path: "/sliced" },
  );
  expect([seen.status, seen.body, seen.end]).toEqual([200, "sliced content", "fin"]);
  // The kernel may join a few of them.
  expect(seen.chunks.length).toBeGreaterThan(20);
  expect(receipt.instructions[0]?.fired).toBe(1);
});

describe("stale-connection", () => {
  test("fires only at a request on a reused connection", async () => {
    const run = newRun(rig, { op: "*", when: "before-accept", fault: "stale-connection" });
    const one = requestBytes(rig, inRun(put("/first"), run), { connection: "keep-alive" });
    const alone = await watch(rig.port, [one], (text) => text.endsWith("\r\n\r\n"));
    expect([alone.status, alone.end, firedIn(rig, run)]).toEqual([200, "open", [0]]);
    const two = requestBytes(rig, inRun(put("/second"), run), { connection: "keep-alive" });
    const both = await watch(rig.port, [one, two]);
    expect(both.end).toBe("reset");
    expect(firedIn(rig, run)).toEqual([1]);
    expect(await stored("/second")).toBeUndefined();
  });
});

test("withhold-continue fires only for a client that waits, and reads the body if it comes nevertheless", async () => {
  const run = newRun(rig, { op: "PutObject", when: "before-headers", fault: "withhold-continue" });
  expect((await see(rig, inRun(put("/unasked"), run))).status).toBe(200);
  expect(firedIn(rig, run)).toEqual([0]);

  const ask = inRun(put("/withheld"), run);
  const whole = requestBytes(rig, ask, { expect: "100-continue" });
  const head = whole.subarray(0, whole.length - 10);
  const waits = await watch(rig.port, [head], () => firedIn(rig, run)[0] === 1);
  expect([waits.text, waits.end]).toEqual(["", "open"]);
  expect(firedIn(rig, run)).toEqual([1]);

  const again = newRun(rig, { op: "PutObject", when: "before-headers", fault: "withhold-continue" });
  const impatient = requestBytes(rig, inRun(put("/withheld"), again), { expect: "100-continue" });
  const seen = await watch(rig.port, [impatient]);
  expect(seen.text).toMatch(/^HTTP\/1\.1 200 /);
  expect(await stored("/withheld")).toBe("0123456789");
});
