import { describe, expect, test } from "vitest";
import { OptionRangeError, startEmulator } from "../src/index.ts";
import { at, BUCKET, get, put, start, useEmulators } from "./state-rig.ts";

useEmulators();

describe("requests", () => {
  test("are told with operation, key, sizes, status, code and faults", async () => {
    const script = [
      { op: "PutObject", when: "before-headers", fault: { kind: "status", code: "SlowDown" } },
    ] as const;
    const entries: unknown[] = [];
    const emulator = await start({ faults: script, onRequest: (entry) => entries.push(entry) });
    await fetch(at(emulator, "a.txt"), { method: "PUT", body: "hello" });
    await put(emulator, "a.txt", "hello");
    await get(emulator, "a.txt");
    await get(emulator, "none");
    const common = { at: expect.any(Number), durationMs: expect.any(Number), requestId: expect.any(String) };
    const place = { ...common, bucket: BUCKET, key: "a.txt", partNumber: undefined };
    expect(emulator.requests()).toMatchObject([
      {
        ...place,
        method: "PUT",
        operation: "PutObject",
        status: 503,
        code: "SlowDown",
        requestBytes: 5,
        faults: ["status"],
      },
      {
        ...place,
        method: "PUT",
        operation: "PutObject",
        status: 200,
        code: undefined,
        requestBytes: 5,
        faults: [],
      },
      { ...place, method: "GET", operation: "GetObject", status: 200, responseBytes: 5 },
      { ...common, method: "GET", key: "none", status: 404, code: "NoSuchKey" },
    ]);
    expect(entries).toEqual(emulator.requests());
  });

  test("hold no signature, also where a URL carries one", async () => {
    const emulator = await start({});
    await fetch(
      at(emulator, "a?q-sign-algorithm=sha1&q-signature=0123456789abcdef&x-cos-security-token=TOKEN"),
    );
    await fetch(at(emulator, "aq-signature=0123456789abcdef"));
    expect(JSON.stringify(emulator.requests())).not.toMatch(/0123456789abcdef|TOKEN/);
    expect(emulator.requests()).toHaveLength(2);
  });

  test("waitFor() resolves with the next one that matches", async () => {
    const emulator = await start({});
    await put(emulator, "a", "early");
    const byProperties = emulator.waitFor({ operation: "PutObject", key: "b" });
    const byFunction = emulator.waitFor(({ status }) => status === 404);
    await put(emulator, "a", "other");
    await get(emulator, "none");
    await put(emulator, "b", "meant");
    expect((await byProperties).requestBytes).toBe(5);
    expect((await byFunction).key).toBe("none");
  });

  test("waitFor() rejects in time, at an abort, and for a property that it does not know", async () => {
    const emulator = await start({});
    const wanted = { operation: "PutObject", key: "never" } as const;
    await expect(emulator.waitFor(wanted, { timeoutMs: 1 })).rejects.toThrow(
      'no request within 1 ms was {"operation":"PutObject","key":"never"}',
    );
    const reason = new Error("enough");
    const waiting = emulator.waitFor(wanted, { signal: AbortSignal.timeout(1) });
    await expect(waiting).rejects.toThrow("aborted due to timeout");
    await expect(emulator.waitFor(wanted, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(emulator.waitFor({ path: "a" } as never)).rejects.toThrow("match.path: is not known");
    await expect(emulator.waitFor(wanted, { timeoutMs: -1 })).rejects.toThrow(OptionRangeError);
  });

  test("a function of the user's that throws fails nothing but itself", async () => {
    const lines: string[] = [];
    const onRequest = (): never => {
      throw new Error("of the test");
    };
    const emulator = await start({ onRequest, log: (line) => lines.push(line) });
    const waiting = emulator.waitFor((entry) => (entry.key as string).startsWith("a"));
    const rejected = expect(waiting).rejects.toThrow(TypeError);
    expect((await fetch(`${emulator.url}/`)).status).toBe(200);
    await rejected;
    expect(lines.join("\n")).toContain("onRequest failed: Error: of the test");
  });

  test("many may wait, without a warning of Node", async () => {
    const warnings: unknown[] = [];
    const warned = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", warned);
    const emulator = await start({});
    const waiting = Array.from({ length: 50 }, () => emulator.waitFor({ key: "a" }));
    await put(emulator, "a", "a");
    expect(new Set(await Promise.all(waiting)).size).toBe(1);
    await new Promise(setImmediate);
    process.off("warning", warned);
    expect(warnings).toEqual([]);
  });

  test.each([[Number.POSITIVE_INFINITY], [2 ** 31], [-1]])(
    "waitFor() refuses a time of %d",
    async (timeoutMs) => {
      const emulator = await start({});
      await expect(emulator.waitFor({ key: "a" }, { timeoutMs })).rejects.toThrow(OptionRangeError);
    },
  );

  test("of a key that is far too long, the beginning is kept", async () => {
    const emulator = await start({});
    await fetch(at(emulator, "k".repeat(30_000)));
    expect(emulator.requests()[0]?.key?.length).toBeLessThanOrEqual(1_000);
  });

  test("close() rejects those who still wait", async () => {
    const emulator = await startEmulator();
    const waiting = emulator.waitFor({ operation: "PutObject" });
    const rejected = expect(waiting).rejects.toThrow("the emulator was closed");
    await emulator.close();
    await rejected;
  });
});
