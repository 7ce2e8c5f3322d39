import { afterAll, beforeAll, expect, test } from "vitest";
import type { PolicyStatement } from "../../src/index.ts";
import { BUCKET, type Rig, startRig } from "../rig.ts";
import { formBody, post, signedFields } from "./form-rig.ts";

const MAY: PolicyStatement = {
  effect: "allow",
  action: "name/cos:PostObject",
  resource: `qcs::cos:ap-guangzhou:uid/1250000000:${BUCKET}/up/*`,
  condition: {
    numeric_less_than_equal: { "cos:content-length": 5000 },
    string_equal_if_exist: { "cos:x-cos-acl": "private" },
  },
};
const KEY = {
  secretId: "AKIDform",
  secretKey: "form",
  token: "form-token",
  policy: { version: "2.0", statement: MAY } as const,
};
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ credentials: [KEY] });
});
afterAll(() => rig.stop());

async function send(key: string, content: string, more: readonly (readonly [string, string])[] = []) {
  const fields = [["key", key] as const, ["x-cos-security-token", KEY.token] as const, ...more];
  const conditions = [{ bucket: BUCKET }, ...fields.map(([name, value]) => ({ [name]: value }))];
  const signed = signedFields(conditions, { nowMs: rig.nowMs, ...KEY });
  const response = await post(rig, formBody([...fields, ...signed], { content }));
  return response.code ?? response.status;
}

test("the policy of a key limits the form that it signs", async () => {
  expect(await send("up/a", "x")).toBe(204);
  expect(await send("other/a", "x")).toBe("AccessDenied");
  expect(await send("up/a", "x".repeat(5000))).toBe("AccessDenied");
  expect(await send("up/a", "x", [["x-cos-acl", "private"]])).toBe(204);
  expect(await send("up/a", "x", [["acl", "public-read"]])).toBe("AccessDenied");
  const put = { method: "PUT", path: "/up/a", body: "x", headers: { "x-cos-security-token": KEY.token } };
  expect((await rig.ask({ ...put, sign: KEY })).code).toBe("AccessDenied");
});
