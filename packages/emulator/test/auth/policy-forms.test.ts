import { describe, expect, test } from "vitest";
import type { S3Ask } from "../aws4-requests.ts";
import { formBody, post, signedFields } from "../post/form-rig.ts";
import { BUCKET } from "../rig.ts";
import { ask, askS3, may, readSecret, rig, TEMPORARY, usePolicyRig } from "./policy-rig.ts";

usePolicyRig();

describe("a form", () => {
  const conditions = [{ bucket: BUCKET }];
  const send = async (
    fields: readonly (readonly [string, string])[],
    fileName = "a",
    more: readonly unknown[] = [],
  ) => {
    const signed = signedFields([...conditions, ...more], { nowMs: rig.nowMs, ...TEMPORARY });
    const response = await post(rig, formBody([...fields, ...signed], { content: "form", fileName }));
    return response.code ?? response.status;
  };

  test("stores under no key that is not allowed", async () => {
    may("name/cos:PostObject", "doc/*");
    const filename = "\x24{filename}";
    expect(await send([["key", `doc/${filename}`]])).toBe(204);
    expect(await send([["key", filename]], "secret")).toBe("AccessDenied");
    expect(
      await send([
        ["key", "secret/a"],
        ["key", "doc/a"],
      ]),
    ).toBe("AccessDenied");
    expect(await send([["Key", "secret/a"]])).toBe("AccessDenied");
    expect(await readSecret()).toBe("/secret/a");
  });

  test("without a signature of its own has the policy of the key that signed the request", async () => {
    may("name/cos:PostObject", "doc/*");
    for (const [key, status] of [
      ["doc/f", 204],
      ["secret/a", "AccessDenied"],
    ] as const) {
      const body = formBody([["key", key]], { content: "form" });
      const headers = { "content-type": "multipart/form-data; boundary=----FormBoundary7MA4YWxk" };
      expect([key, await ask({ method: "POST", path: "/", body, headers })]).toEqual([key, status]);
    }
  });

  test("has one ACL, which both policies see", async () => {
    may("name/cos:PostObject", "doc/*", { string_equal_if_exist: { "cos:x-cos-acl": "private" } });
    const two = [
      ["key", "doc/acl"],
      ["acl", "private"],
      ["x-cos-acl", "public-read"],
    ] as const;
    for (const fields of [two, [...two].reverse()]) {
      expect(await send(fields, "a", [{ acl: "private" }])).toBe("InvalidArgument");
      expect(await send(fields, "a", [{ "x-cos-acl": "public-read" }])).toBe("InvalidArgument");
    }
    expect(
      await send([
        ["key", "doc/acl"],
        ["acl", "public-read"],
      ]),
    ).toBe("AccessDenied");
    expect(
      await send([
        ["key", "doc/acl"],
        ["x-cos-acl", "public-read"],
      ]),
    ).toBe("AccessDenied");
    expect(
      await send(
        [
          ["key", "doc/acl"],
          ["acl", "private"],
        ],
        "a",
        [{ acl: "private" }],
      ),
    ).toBe(204);
  });
});

describe("conditions hold for S3's spellings", () => {
  const put: S3Ask = { method: "PUT", path: "/doc/s3", body: "x" };
  const inQuery = (name: string, value: string): Partial<S3Ask> => ({
    query: { [name]: value },
    sign: { expires: 60 },
  });

  test("of ACL and storage class, as headers and as parameters", async () => {
    may("name/cos:*", "doc/*", {
      string_equal_if_exist: { "cos:x-cos-acl": "private", "cos:x-cos-storage-class": "STANDARD" },
    });
    expect(await askS3(put)).toBe(200);
    expect(await askS3({ ...put, headers: { "x-amz-acl": "private" } })).toBe(200);
    for (const [name, value] of [
      ["acl", "public-read"],
      ["storage-class", "STANDARD_IA"],
    ] as const) {
      for (const prefix of ["x-amz-", "x-cos-"]) {
        expect(await askS3({ ...put, headers: { [prefix + name]: value } })).toBe("AccessDenied");
      }
      expect(await askS3({ ...put, ...inQuery(`X-Amz-${name}`, value) })).toBe("AccessDenied");
      expect(
        await askS3({ ...put, headers: { "x-amz-acl": "private" }, ...inQuery(`x-amz-${name}`, value) }),
      ).toBe(name === "acl" ? 200 : "AccessDenied");
    }
    expect((await rig.ask({ method: "GET", path: "/doc/s3", sign: false })).status).toBe(403);
  });

  test("of a version id, in any spelling", async () => {
    may("name/cos:*", "doc/*", { string_equal_if_exist: { "cos:versionid": "" } });
    for (const name of ["versionId", "VersionId", "VERSIONID"]) {
      expect(await ask({ method: "GET", path: "/doc/a", query: { [name]: "null" } })).toBe("AccessDenied");
      expect(await askS3({ method: "GET", path: "/doc/a", query: { [name]: "null" } })).toBe("AccessDenied");
    }
  });
});
