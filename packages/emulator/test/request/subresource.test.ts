import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, type Rig, startRig } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ anonymous: true });
  await put("k");
});
afterAll(() => rig.stop());

const put = (path: string, body = "as it was") => send("PUT", path, body);

/** The target stands on the request line as it is here: fetch does not touch a query. */
async function send(method: string, target: string, body?: string): Promise<Response> {
  const init = body === undefined ? { method } : { method, body };
  return fetch(`http://127.0.0.1:${rig.port}/${BUCKET}/${target}`, init);
}

describe("a word without a value asks for an operation that the emulator does not have", () => {
  test.each([
    ["GET", "k?imageMogr2/thumbnail/200x", "GET ?imageMogr2 for an object"],
    ["GET", "k?watermark/1/image/aHR0cA==/gravity/southeast", "GET ?watermark for an object"],
    ["GET", "k?imageView2/1/w/100", "GET ?imageView2 for an object"],
    ["GET", "k?imageInfo", "GET ?imageInfo for an object"],
    ["GET", "k?t=1&imageInfo", "GET ?imageInfo for an object"],
    ["GET", "k?attributes=", "GET ?attributes for an object"],
    ["GET", "k?legal-hold", "GET ?legal-hold for an object"],
    ["PUT", "k?xyzzy", "PUT ?xyzzy for an object"],
    ["DELETE", "k?xyzzy", "DELETE ?xyzzy for an object"],
    ["POST", "k?xyzzy", "POST ?xyzzy for an object"],
    ["GET", "?qos", "GET ?qos for a bucket"],
    ["DELETE", "?policy", "DELETE ?policy for a bucket"],
    ["POST", "k", "POST for an object"],
  ])("%s %s", async (method, target, asked) => {
    const response = await send(method, target, method === "PUT" ? "changed" : undefined);
    expect(response.status).toBe(501);
    const text = await response.text();
    expect(text).toContain("<Code>NotImplemented</Code>");
    expect(text).toContain(`The emulator does not implement ${asked}.`);
    expect(await (await send("GET", "k")).text()).toBe("as it was");
  });

  test("HEAD too, which has no body", async () => {
    expect((await send("HEAD", "k?legal-hold")).status).toBe(501);
  });
});

describe("what COS ignores has no effect", () => {
  test.each([
    "t=1",
    "_=1764000000",
    "1764000000",
    "v2",
    "v1.2.3",
    "utm_source=x&utm_medium=y",
    "response-content-type=&response-cache-control=",
    "x-cos-security-token=",
    "versionId=",
    "x-id=GetObject",
  ])("GET k?%s", async (query) => {
    const response = await send("GET", `k?${query}`);
    expect([response.status, await response.text()]).toEqual([200, "as it was"]);
  });

  test.each([
    "prefix=&marker=&delimiter=&max-keys=&encoding-type=",
    "list-type=2&continuation-token=&start-after=&fetch-owner=",
  ])("GET /?%s", async (query) => {
    const response = await send("GET", `?${query}`);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("<Key>k</Key>")]);
  });
});
