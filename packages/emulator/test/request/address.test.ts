import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorize, BUCKET, HOST, type Rig, startRig, textIn, textsIn } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.ask({ method: "PUT", path: "/x", body: "x" });
});
afterAll(() => rig.stop());

const seconds = () => Math.floor(rig.nowMs / 1000);

describe("addresses", () => {
  const here = () => `127.0.0.1:${rig.port}`;

  test("a bare host addresses the only bucket", async () => {
    expect((await rig.ask({ method: "GET", path: "/x", host: here() })).text).toBe("x");
  });

  test("path-style: signed over the path with or without the bucket", async () => {
    const ask = { method: "GET", path: `/${BUCKET}/x`, host: here() } as const;
    expect((await rig.ask(ask)).text).toBe("x");
    expect((await rig.ask({ ...ask, sign: { path: "/x" } })).text).toBe("x");
    expect((await rig.ask({ ...ask, sign: { path: "/y" } })).code).toBe("SignatureDoesNotMatch");
    for (const path of [`/${BUCKET}`, `/${BUCKET}/`]) {
      expect(textIn((await rig.ask({ method: "GET", path, host: here() })).text, "Name")).toBe(BUCKET);
    }
  });

  test("a bucket that does not exist is not a prefix of keys", async () => {
    for (const path of ["/other-1250000000/x", "/other-1250000000", "/photo-2024/x"]) {
      const read = await rig.ask({ method: "GET", path, host: here() });
      expect([read.status, read.code]).toEqual([404, "NoSuchBucket"]);
      const form = { method: "GET", path, host: here(), sign: { path: path.replace(/^\/[^/]*/, "") || "/" } };
      expect((await rig.ask(form)).code).toBe("NoSuchBucket");
    }
    const put = { method: "PUT", path: "/other-1250000000/x", body: "x", host: here() };
    expect((await rig.ask(put)).code).toBe("NoSuchBucket");
    expect(textsIn((await rig.ask({ method: "GET", path: "/", host: here() })).text, "Key")).toEqual(["x"]);
  });

  test("a key of the only bucket may have any other first segment", async () => {
    for (const path of ["/photo-2024a/x", "/2024/x-1250000000", "/Other-1250000000/x"]) {
      expect((await rig.ask({ method: "PUT", path, body: path, host: here() })).status).toBe(200);
      expect((await rig.ask({ method: "GET", path })).text).toBe(path);
    }
  });

  test("a bucket can be created by its path", async () => {
    const bucket = "/made-1250000000";
    expect((await rig.ask({ method: "PUT", path: bucket, host: here() })).status).toBe(200);
    expect((await rig.ask({ method: "PUT", path: `${bucket}/x`, body: "y", host: here() })).status).toBe(200);
    expect((await rig.ask({ method: "GET", path: "/x", host: here() })).text).toBe("x");
    expect((await rig.ask({ method: "GET", path: `${bucket}/x`, host: here() })).text).toBe("y");
  });

  test("a target in absolute form, as a proxy receives it", async () => {
    const authorization = authorize({ method: "GET", path: "/x" }, { host: HOST }, seconds());
    const reply = await rig.raw(
      `GET http://${HOST}/x HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nx$/);
  });

  test("other regions and domains reach the same bucket", async () => {
    for (const host of [
      `${BUCKET}.cos.accelerate.myqcloud.com`,
      `${BUCKET}.cos.ap-beijing.tencentcos.cn`,
      `${BUCKET}.cos-internal.ap-beijing.tencentcos.cn:8080`,
    ]) {
      expect((await rig.ask({ method: "GET", path: "/x", host })).text).toBe("x");
    }
  });

  test("path-style on a COS domain is forbidden", async () => {
    const response = await rig.ask({
      method: "GET",
      path: `/${BUCKET}/x`,
      host: "cos.ap-guangzhou.myqcloud.com",
    });
    expect([response.status, response.code]).toEqual([403, "PathStyleDomainForbidden"]);
  });

  test.each(["/%", "/%zz", "/%ff%fe", "/x?a=%"])("the target %s cannot be read", async (target) => {
    const reply = await rig.raw(`GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 400 [\s\S]*<Code>InvalidURI<\/Code>/);
  });
});
