import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exchangeS3, type S3Ask, signS3 } from "../aws4-requests.ts";
import { type Rig, startRig, type TestResponse, textIn, textsIn } from "../rig.ts";

let rig: Rig;
const KEYS_STORED = ["a", "b/1", "b/2", "c d", "e"];
beforeAll(async () => {
  rig = await startRig();
  for (const key of KEYS_STORED)
    await rig.ask({ method: "PUT", path: `/${encodeURIComponent(key)}`, body: key });
});
afterAll(() => rig.stop());

const send = (ask: S3Ask): Promise<TestResponse> => exchangeS3(rig.port, ask, signS3(ask, rig.nowMs));
const list = (query: Record<string, string>) =>
  send({ method: "GET", path: "/", query: { "list-type": "2", ...query } });

describe("the second form of the listing", () => {
  test("everything on one page", async () => {
    const { text } = await list({});
    expect(textsIn(text, "Key")).toEqual(KEYS_STORED);
    expect([textIn(text, "KeyCount"), textIn(text, "IsTruncated")]).toEqual(["5", "false"]);
    expect(text).toContain('<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
    for (const absent of ["Marker", "NextMarker", "NextContinuationToken", "Owner"]) {
      expect(text).not.toContain(`<${absent}>`);
    }
  });

  test.each([1, 2, 3])("pages of %i, with folders", async (size) => {
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const query = {
        "max-keys": String(size),
        delimiter: "/",
        ...(token && { "continuation-token": token }),
      };
      const { text } = await list(query);
      expect(textIn(text, "ContinuationToken")).toBe(token);
      const page = [...textsIn(text, "Key"), ...textsIn(text, "Prefix").filter(Boolean)];
      expect(Number(textIn(text, "KeyCount"))).toBe(page.length);
      expect(page.length).toBeLessThanOrEqual(size);
      seen.push(...page);
      token = textIn(text, "NextContinuationToken");
      expect(textIn(text, "IsTruncated")).toBe(String(token !== undefined));
    } while (token !== undefined);
    expect(seen.sort()).toEqual(["a", "b/", "c d", "e"]);
  });

  test("after a key, with owners, escaped", async () => {
    const { text } = await list({ "start-after": "b/1", "fetch-owner": "true", "encoding-type": "url" });
    expect(textsIn(text, "Key")).toEqual(["b%2F2", "c%20d", "e"]);
    expect(textsIn(text, "DisplayName")).toHaveLength(3);
    expect([textIn(text, "StartAfter"), textIn(text, "EncodingType")]).toEqual(["b%2F1", "url"]);
  });

  test("a token that is none", async () => {
    for (const token of ["b/1", "!", Buffer.from("b/1").toString("base64")]) {
      expect((await list({ "continuation-token": token })).code).toBe("InvalidArgument");
    }
  });

  test("is S3's alone", async () => {
    const native = await rig.ask({ method: "GET", path: "/", query: { "list-type": "2" } });
    expect(native.text).toContain("<Marker>");
    expect((await send({ method: "GET", path: "/", query: { "max-keys": "2" } })).text).toContain(
      "<NextMarker>",
    );
  });
});

test("a listing of uploads names its encoding as S3 does", async () => {
  const query = { uploads: "", "encoding-type": "url" };
  expect(textIn((await send({ method: "GET", path: "/", query })).text, "EncodingType")).toBe("url");
  expect(textIn((await rig.ask({ method: "GET", path: "/", query })).text, "Encoding-Type")).toBe("url");
});
