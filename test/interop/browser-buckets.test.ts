import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../fixtures/chromium.ts";
import { type BrowserRig, openBrowserRig } from "./browser-rig.ts";
import { KEYS, PLACE } from "./official-client.ts";

/** The fields of a form that may store any key of the bucket for ten minutes. */
function signedForm(): Record<string, string> {
  const seconds = Math.floor(Date.now() / 1000);
  const keyTime = `${seconds - 60};${seconds + 600}`;
  const policy = JSON.stringify({
    expiration: new Date((seconds + 600) * 1000).toISOString(),
    conditions: [
      { bucket: PLACE.Bucket },
      ["starts-with", "$key", "form/"],
      ["content-length-range", 0, 1_000_000],
      { "q-sign-algorithm": "sha1" },
      { "q-ak": KEYS.secretId },
      { "q-sign-time": keyTime },
    ],
  });
  const hmac = (key: string, text: string) => createHmac("sha1", key).update(text).digest("hex");
  return {
    policy: Buffer.from(policy).toString("base64"),
    "q-sign-algorithm": "sha1",
    "q-ak": KEYS.secretId,
    "q-key-time": keyTime,
    "q-signature": hmac(hmac(KEYS.secretKey, keyTime), createHash("sha1").update(policy).digest("hex")),
  };
}

describe.skipIf(!hasChromium)("the official SDK for browsers, with buckets", () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await openBrowserRig({ cors: true });
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig.stop());

  test("getService, putBucket, headBucket, deleteBucket: a bucket comes and goes", async () => {
    const result = await rig.page.evaluate(async ({ Region }) => {
      const other = { Bucket: "other-1250000000", Region };
      await cos.putBucket(other);
      const { Buckets } = await cos.getService();
      const { statusCode } = await cos.headBucket(other);
      await cos.deleteBucket(other);
      const gone = await cos.headBucket(other).then(
        () => 200,
        (error: { statusCode: number }) => error.statusCode,
      );
      return { names: Buckets.map(({ Name }) => Name), statusCode, gone };
    }, PLACE);
    expect(result).toEqual({ names: [PLACE.Bucket, "other-1250000000"], statusCode: 200, gone: 404 });
  });

  test("putBucketAcl, getBucketAcl: public, and private again", async () => {
    const acls = await rig.page.evaluate(async (place) => {
      await cos.putBucketAcl({ ...place, ACL: "public-read" });
      const changed = await cos.getBucketAcl(place);
      await cos.putBucketAcl({ ...place, ACL: "private" });
      return [changed.ACL, (await cos.getBucketAcl(place)).ACL];
    }, PLACE);
    expect(acls).toEqual(["public-read", "private"]);
  });

  test("getBucketLocation: the region", async () => {
    const location = await rig.page.evaluate((place) => cos.getBucketLocation(place), PLACE);
    expect(location.LocationConstraint).toBe(PLACE.Region);
  });

  test("putBucketLifecycle, getBucketLifecycle, deleteBucketLifecycle: one rule, and none", async () => {
    const rules = await rig.page.evaluate(async (place) => {
      const rule = { ID: "old", Status: "Enabled", Filter: { Prefix: "old/" }, Expiration: { Days: "30" } };
      await cos.putBucketLifecycle({ ...place, Rules: [rule as never] });
      const { Rules } = await cos.getBucketLifecycle(place);
      await cos.deleteBucketLifecycle(place);
      return [Rules as unknown, (await cos.getBucketLifecycle(place)).Rules.length];
    }, PLACE);
    expect(rules).toEqual([
      [{ ID: "old", Status: "Enabled", Filter: { Prefix: "old/" }, Expiration: { Days: "30" } }],
      0,
    ]);
  });
});

describe.skipIf(!hasChromium)("a page and the cross-origin configuration of its bucket", () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await openBrowserRig();
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig.stop());

  const EXPOSED = ["ETag", "Date", "Content-Length", "x-cos-request-id", "x-cos-hash-crc64ecma"];
  const allow = async (AllowedOrigin: string, more: object = {}) => {
    const methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];
    const rule = { AllowedMethod: methods, AllowedHeader: ["*"], ExposeHeader: EXPOSED, MaxAgeSeconds: 0 };
    await rig.client().putBucketCors({
      ...PLACE,
      CORSRules: [{ AllowedOrigin: [AllowedOrigin], ...rule, ...more } as never],
    });
  };
  beforeEach(() => allow(rig.origin));

  /** The code of the refusal, or the error of the browser, or "ok". */
  const put = (Key: string) =>
    rig.page.evaluate(
      ([place, key]) =>
        cos.putObject({ ...place, Key: key, Body: "x" }).then(
          () => "ok",
          (error: { code: string; message: string }) => error.code ?? error.message,
        ),
      [PLACE, Key] as const,
    );

  test("uploads are possible with a rule, and not without one", async () => {
    expect(await put("with-rule")).toBe("ok");
    await rig.client().deleteBucketCors(PLACE);
    expect(await put("without-rule")).not.toBe("ok");
    await allow("https://elsewhere.test");
    expect(await put("of-another-page")).not.toBe("ok");
    await allow("http://127.*");
    expect(await put("with-a-wildcard")).toBe("ok");
    expect(rig.count(/^200 PutObject .*(without-rule|of-another-page)/)).toBe(0);
    expect(rig.count(/^403 OptionsObject .*without-rule/)).toBeGreaterThan(0);
  });

  test("a page reads the exposed headers, and no others", async () => {
    const headers = await rig.page.evaluate(async (place) => {
      const put = await cos.putObject({ ...place, Key: "exposed", Body: "x", ...{ "x-cos-meta-a": "1" } });
      const head = await cos.headObject({ ...place, Key: "exposed" });
      return { put: put.headers ?? {}, head: head.headers ?? {} };
    }, PLACE);
    expect(Object.keys(headers.put)).toEqual(
      expect.arrayContaining(["date", "etag", "x-cos-hash-crc64ecma", "x-cos-request-id"]),
    );
    expect(headers.head["x-cos-meta-a"]).toBeUndefined();
  });

  test("putBucketCors, getBucketCors, deleteBucketCors: from the page itself", async () => {
    const result = await rig.page.evaluate(
      async ([place, origin]) => {
        const rule = {
          ID: "from the page",
          AllowedOrigin: [origin, "https://*.example.com"],
          AllowedMethod: ["GET", "PUT", "DELETE"],
          AllowedHeader: ["authorization", "x-cos-*", "content-*"],
          ExposeHeader: ["ETag", "x-cos-request-id"],
          MaxAgeSeconds: "0",
        };
        await cos.putBucketCors({ ...place, CORSRules: [rule as never] });
        const { CORSRules } = await cos.getBucketCors(place);
        await cos.deleteBucketCors(place);
        return CORSRules as unknown;
      },
      [PLACE, rig.origin] as const,
    );
    expect(result).toEqual([
      {
        ID: "from the page",
        AllowedOrigins: [rig.origin, "https://*.example.com"],
        AllowedMethods: ["GET", "PUT", "DELETE"],
        AllowedHeaders: ["authorization", "x-cos-*", "content-*"],
        ExposeHeaders: ["ETag", "x-cos-request-id"],
        MaxAgeSeconds: "0",
      },
    ]);
    expect(await put("after-delete")).not.toBe("ok");
  });

  test("a form of the page uploads a file, and reads 201 with its document", async () => {
    const result = await rig.page.evaluate(
      async ([{ Bucket, Region }, fields]) => {
        const form = new FormData();
        const named = { key: "form/\x24{filename}", success_action_status: "201", ...fields };
        for (const [name, value] of Object.entries(named)) form.append(name, value);
        const file = fileOf(200_000, "图 1.png");
        form.append("file", file);
        const response = await fetch(`http://${Bucket}.cos.${Region}.myqcloud.com/`, {
          method: "POST",
          body: form,
        });
        const read = await cos.getObject({ Bucket, Region, Key: "form/图 1.png", DataType: "blob" });
        const same = (await sha256(read.Body as unknown as Blob)) === (await sha256(file));
        return { status: response.status, text: await response.text(), same };
      },
      [PLACE, signedForm()] as const,
    );
    expect(result).toMatchObject({ status: 201, same: true });
    expect(result.text).toContain("<Key>form/图 1.png</Key>");
    const { headers } = await rig.client().headObject({ ...PLACE, Key: "form/图 1.png" });
    expect(headers?.["content-type"]).toBe("image/png");
  });

  test("a form without any script is sent back to the page by success_action_redirect", async () => {
    const target = `${rig.origin}/uploaded`;
    await rig.page.evaluate(
      ([{ Bucket, Region }, fields]) => {
        const { document } = globalThis as unknown as { document: { body: { innerHTML: string } } };
        const inputs = Object.entries(fields).map(
          ([name, value]) => `<input name="${name}" value="${value}">`,
        );
        document.body.innerHTML = `<form method="post" enctype="multipart/form-data"
          action="http://${Bucket}.cos.${Region}.myqcloud.com/">${inputs.join("")}
          <input type="file" name="file"><button>send</button></form>`;
      },
      [PLACE, { key: "form/plain.txt", success_action_redirect: target, ...signedForm() }] as const,
    );
    await rig.page.setInputFiles("input[type=file]", {
      name: "plain.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("plain"),
    });
    await Promise.all([rig.page.waitForURL(`${target}?**`), rig.page.click("button")]);
    const { searchParams } = new URL(rig.page.url());
    const { Body, ETag } = await rig.client().getObject({ ...PLACE, Key: "form/plain.txt" });
    expect(String(Body)).toBe("plain");
    expect(Object.fromEntries(searchParams)).toEqual({
      bucket: PLACE.Bucket,
      key: "form/plain.txt",
      etag: ETag,
    });
  });

  test("optionsObject: no browser lets a page send a preflight of its own", async () => {
    const outcome = await rig.page.evaluate(
      ([place, Origin]) =>
        cos
          .optionsObject({
            ...place,
            Key: "x",
            Origin,
            AccessControlRequestMethod: "PUT",
            AccessControlRequestHeaders: "authorization",
          })
          .then(
            ({ statusCode }) => statusCode,
            (error: { message: string }) => error.message,
          ),
      [PLACE, rig.origin] as const,
    );
    expect(outcome).toBe("CORS blocked or network error");
  });
});
