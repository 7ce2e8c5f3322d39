import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, KEYS, type Rig, startRig } from "../rig.ts";
import { firedIn, injectFault, inRun, newRun, see } from "./observe.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true });
});
afterAll(() => rig.stop());

const PUT: Ask = { method: "PUT", path: "/k", body: "x" };

describe("clock-skew", () => {
  test.each([
    [3600, "AccessDenied", "Request has expired"],
    [-3600, "RequestTimeTooSkewed", "too large"],
  ])("%d s", async (seconds, code, message) => {
    const run = newRun(rig, { op: "*", when: "before-accept", fault: { kind: "clock-skew", seconds } });
    const seen = await see(rig, inRun(PUT, run));
    expect(seen.code).toBe(code);
    expect(seen.body).toContain(message);
    // The header by which a client can correct its clock.
    const date = Date.parse(/Date: (.*)/.exec(seen.head)?.[1] ?? "");
    expect(date).toBe(rig.nowMs + seconds * 1000);
    expect((await see(rig, inRun(PUT, run))).status).toBe(200);
    expect(firedIn(rig, run)).toEqual([1]);
  });

  test("a minute does no harm but shows", async () => {
    const fault = { kind: "clock-skew", seconds: 50 } as const;
    const { seen } = await injectFault(rig, { op: "*", when: "before-accept", fault }, PUT);
    expect([seen.status, Date.parse(/Date: (.*)/.exec(seen.head)?.[1] ?? "")]).toEqual([
      200,
      rig.nowMs + 50_000,
    ]);
  });
});

test("ExpiredToken at request n", async () => {
  const run = newRun(rig, {
    op: "*",
    match: { nth: 3 },
    when: "before-accept",
    fault: { kind: "status", code: "ExpiredToken" },
  });
  const codes: (string | number | undefined)[] = [];
  for (let n = 0; n < 4; n++) {
    const seen = await see(rig, inRun(PUT, run));
    codes.push(seen.code ?? seen.status);
  }
  expect(codes).toEqual([200, 200, "ExpiredToken", 200]);
});

test("rotate-credentials: the old key is unknown from then on, in its run only", async () => {
  const fresh = { secretId: "AKIDnew", secretKey: "new-secret" };
  const run = newRun(rig, {
    op: "*",
    match: { nth: 2 },
    when: "before-accept",
    fault: { kind: "rotate-credentials", ...fresh },
  });
  expect((await see(rig, inRun(PUT, run))).status).toBe(200);
  expect((await see(rig, inRun(PUT, run))).code).toBe("InvalidAccessKeyId");
  expect((await see(rig, inRun(PUT, run))).code).toBe("InvalidAccessKeyId");
  const rotated = { ...PUT, sign: { secretId: `${fresh.secretId}@${run}`, secretKey: fresh.secretKey } };
  expect((await see(rig, rotated)).status).toBe(200);
  expect((await see(rig, { ...PUT, sign: { ...fresh, secretId: KEYS.secretId } })).code).toBe(
    "SignatureDoesNotMatch",
  );
  expect((await see(rig, PUT)).status).toBe(200);
  expect(firedIn(rig, run)).toEqual([1]);
});

test("a run's key id still needs the key's secret", async () => {
  const run = newRun(rig, []);
  const forged = { ...PUT, sign: { secretId: `${KEYS.secretId}@${run}`, secretKey: "guess" } };
  expect((await see(rig, forged)).code).toBe("SignatureDoesNotMatch");
  const stranger = { ...PUT, sign: { secretId: `nobody@${run}` } };
  expect((await see(rig, stranger)).code).toBe("InvalidAccessKeyId");
});

test("a key id may itself contain an @", async () => {
  const secretId = "user@example.org";
  const other = await startRig({ faults: true, credentials: [{ secretId, secretKey: KEYS.secretKey }] });
  const run = newRun(other, { op: "*", when: "before-headers", fault: "deny" });
  expect((await see(other, { ...PUT, sign: { secretId } })).status).toBe(200);
  expect((await see(other, { ...PUT, sign: { secretId: `${secretId}@${run}` } })).code).toBe("AccessDenied");
  await other.stop();
});
