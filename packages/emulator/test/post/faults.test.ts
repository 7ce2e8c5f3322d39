import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../rig.ts";
import { upload } from "./form-rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true });
});
afterAll(() => rig.stop());

const SLOW_DOWN = { kind: "status", code: "SlowDown" } as const;
const isStored = async (key: string): Promise<boolean> =>
  (await rig.ask({ method: "HEAD", path: `/${key}` })).status === 200;

describe("a fault of PostObject", () => {
  test.each([
    ["before-headers", false],
    ["after-100-bytes-of-request", false],
    ["after-2000-bytes-of-request", false],
    ["after-body-before-commit", false],
    ["after-commit-before-response", true],
  ] as const)("%s comes at its moment", async (when, stored) => {
    rig.faults.install("default", [{ op: "PostObject", when, fault: SLOW_DOWN }]);
    const response = await upload(rig, [["key", when]], { content: "x".repeat(10_000) });
    expect([response.status, response.code]).toEqual([503, "SlowDown"]);
    expect(await isStored(when)).toBe(stored);
    rig.faults.expectAllFired("default");
  });

  test("breaks the connection inside the file, and nothing is left of it", async () => {
    const before = await rig.dataFiles();
    rig.faults.install("default", [
      { op: "PostObject", when: "after-5000-bytes-of-request", fault: "reset" },
    ]);
    const outcome = upload(rig, [["key", "reset"]], { content: "x".repeat(10_000) });
    await expect(outcome).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await isStored("reset")).toBe(false);
    await expect.poll(() => rig.dataFiles(), { timeout: 20_000 }).toEqual(before);
  });

  test("delivers a form again", async () => {
    rig.faults.install("default", [
      {
        op: "PostObject",
        when: "after-commit-before-response",
        fault: { kind: "deliver-again", afterOp: "DeleteObject" },
      },
    ]);
    await upload(rig, [["key", "twice"]], { content: "again" });
    await rig.ask({ method: "DELETE", path: "/twice" });
    expect((await rig.ask({ method: "GET", path: "/twice" })).text).toBe("again");
    rig.faults.expectAllFired("default");
  });
});
