import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Policy } from "@cosup/emulator";
import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MiB, openRig, PLACE, type Rig, refusal } from "./official-client.ts";

const resource = `qcs::cos:${PLACE.Region}:uid/1250000000:${PLACE.Bucket}/users/7/*`;
/** What a server hands out for uploads below one prefix. */
const policy: Policy = {
  version: "2.0",
  statement: [
    {
      effect: "allow",
      action: "name/cos:PutObject",
      resource,
      condition: { string_like_if_exist: { "cos:content-type": "image/*" } },
    },
    {
      effect: "allow",
      action: [
        "name/cos:InitiateMultipartUpload",
        "name/cos:ListMultipartUploads",
        "name/cos:ListParts",
        "name/cos:UploadPart",
        "name/cos:CompleteMultipartUpload",
      ],
      resource,
    },
  ],
};
const KEY = { secretId: "AKIDuser", secretKey: "user-secret", token: "user-token", policy };

let rig: Rig;
let cos: COS;
let file: string;
beforeAll(async () => {
  rig = await openRig({ credentials: [KEY] });
  cos = rig.client({ SecretId: KEY.secretId, SecretKey: KEY.secretKey, SecurityToken: KEY.token });
  file = join(rig.directory, "b.png");
  await writeFile(file, Buffer.alloc(MiB + 1));
});
afterAll(() => rig.stop());

describe("the official SDK with a temporary key that has a policy", () => {
  test("uploads below the prefix, in one request and in parts", async () => {
    const ContentType = "image/png";
    const one = await cos.putObject({ ...PLACE, Key: "users/7/a.png", Body: "x", ContentType });
    expect(one.statusCode).toBe(200);
    const sliced = await cos.sliceUploadFile({
      ...PLACE,
      Key: "users/7/b.png",
      FilePath: file,
      SliceSize: MiB,
    });
    expect(sliced.ETag).toMatch(/-2"$/);
  });

  test("gets AccessDenied for all else", async () => {
    for (const attempt of [
      cos.putObject({ ...PLACE, Key: "users/8/a.png", Body: "x" }),
      cos.putObject({ ...PLACE, Key: "users/7/a.html", Body: "x", ContentType: "text/html" }),
      cos.getObject({ ...PLACE, Key: "users/7/a.png" }),
      cos.deleteObject({ ...PLACE, Key: "users/7/a.png" }),
      cos.getBucket({ ...PLACE }),
    ]) {
      const { statusCode, code } = await refusal(attempt);
      expect([statusCode, code]).toEqual([403, "AccessDenied"]);
    }
  });
});
