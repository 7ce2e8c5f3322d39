import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorize, BUCKET, HOST, type Rig, startRig, textIn } from "../rig.ts";

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
