import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, HOST, md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  for (const key of ["b", "a/1", "a/2", "a/sub/3", "%E4%B8%AD%20%26", "z"]) {
    await rig.ask({ method: "PUT", path: `/${key}`, body: key });
  }
  for (const key of ["up/1", "up/1", "up/2", "other"]) {
    await rig.ask({ method: "POST", path: `/${key}`, query: { uploads: "" } });
  }
});
afterAll(() => rig.stop());

const list = (query: Record<string, string> = {}) => rig.ask({ method: "GET", path: "/", query });
const uploads = (query: Record<string, string> = {}) => list({ uploads: "", ...query });

describe("GET Bucket", () => {
  test("lists keys by their bytes, with every element", async () => {
    const response = await list();
    expect(textsIn(response.text, "Key")).toEqual(["a/1", "a/2", "a/sub/3", "b", "z", "中 &amp;"]);
    for (const [name, text] of [
      ["Name", BUCKET],
      ["MaxKeys", "1000"],
      ["IsTruncated", "false"],
      ["Size", "3"],
      ["ETag", `"${md5("a/1")}"`],
      ["StorageClass", "STANDARD"],
    ] as const) {
      expect([name, textIn(response.text, name)]).toEqual([name, text]);
    }
  });

  test("groups by delimiter under a prefix", async () => {
    const top = await list({ delimiter: "/" });
    expect(textsIn(top.text, "Key")).toEqual(["b", "z", "中 &amp;"]);
    expect(top.text).toContain("<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>");
    const below = await list({ delimiter: "/", prefix: "a/" });
    expect(textsIn(below.text, "Key")).toEqual(["a/1", "a/2"]);
    expect(below.text).toContain("<CommonPrefixes><Prefix>a/sub/</Prefix></CommonPrefixes>");
  });

  test.each([{}, { delimiter: "/" }, { prefix: "a/", delimiter: "/" }])(
    "pages of one cover %j",
    async (query) => {
      const wanted = await list(query as Record<string, string>);
      const names = (text: string) => [
        ...textsIn(text, "Key"),
        ...textsIn(text.split("<CommonPrefixes>").slice(1).join(), "Prefix"),
      ];
      const seen: string[] = [];
      for (let marker = ""; ; ) {
        const page = await list({ ...query, "max-keys": "1", marker });
        expect(names(page.text)).toHaveLength(1);
        seen.push(...names(page.text));
        if (textIn(page.text, "IsTruncated") === "false") break;
        marker = textIn(page.text, "NextMarker") ?? "";
      }
      expect(seen.sort()).toEqual(names(wanted.text).sort());
    },
  );

  test("encoding-type=url escapes; bad parameters are InvalidArgument", async () => {
    const response = await list({ "encoding-type": "url", prefix: "中" });
    expect(textIn(response.text, "Key")).toBe("%E4%B8%AD%20%26");
    expect(textIn(response.text, "Prefix")).toBe("%E4%B8%AD");
    expect((await list({ "max-keys": "many" })).code).toBe("InvalidArgument");
    expect(textsIn((await list({ "max-keys": "0" })).text, "Key")).toEqual([]);
  });

  test("a carriage return in a key survives XML parsing", async () => {
    const path = "/line%0Dbreaks%0D%0Ahere";
    await rig.ask({ method: "PUT", path, body: "x" });
    const { text } = await list({ prefix: "line" });
    await rig.ask({ method: "DELETE", path });
    expect(textsIn(text, "Key")).toEqual(["line&#13;breaks&#13;\nhere"]);
  });
});

describe("List Multipart Uploads", () => {
  test("orders by key and id, with every element", async () => {
    const response = await uploads();
    expect(textsIn(response.text, "Key")).toEqual(["other", "up/1", "up/1", "up/2"]);
    const [, first = "", second = ""] = textsIn(response.text, "UploadId");
    expect(first < second).toBe(true);
    for (const name of ["Bucket", "KeyMarker", "UploadIdMarker", "Prefix", "Delimiter"]) {
      expect([name, textIn(response.text, name)]).toEqual([name, name === "Bucket" ? BUCKET : ""]);
    }
    expect(textIn(response.text, "MaxUploads")).toBe("1000");
    expect(textIn(response.text, "IsTruncated")).toBe("false");
    expect(textIn(response.text, "StorageClass")).toBe("STANDARD");
    expect(textIn(response.text, "Initiated")).toBe(new Date(rig.nowMs).toISOString());
    expect(response.text).toMatch(/<Initiator><ID>.*<\/Initiator><Owner><ID>/);
  });

  test("empty parameters count as absent", async () => {
    const query = { prefix: "", delimiter: "", "key-marker": "", "upload-id-marker": "", "max-uploads": "" };
    expect((await uploads(query)).text).toBe((await uploads()).text);
  });

  test("filters by prefix and groups by delimiter", async () => {
    expect(textsIn((await uploads({ prefix: "up/" })).text, "Key")).toEqual(["up/1", "up/1", "up/2"]);
    const grouped = await uploads({ delimiter: "/" });
    expect(textsIn(grouped.text, "Key")).toEqual(["other"]);
    expect(grouped.text).toContain("<CommonPrefixes><Prefix>up/</Prefix></CommonPrefixes>");
  });

  test("obeys the two markers", async () => {
    const [, first = ""] = textsIn((await uploads()).text, "UploadId");
    expect(textsIn((await uploads({ "key-marker": "up/1" })).text, "Key")).toEqual(["up/2"]);
    const both = await uploads({ "key-marker": "up/1", "upload-id-marker": first });
    expect(textsIn(both.text, "Key")).toEqual(["up/1", "up/2"]);
    const idAlone = await uploads({ "upload-id-marker": first });
    expect(textsIn(idAlone.text, "Key")).toHaveLength(4);
  });

  test("pages of one cover everything", async () => {
    const seen: string[] = [];
    let markers: Record<string, string> = {};
    for (;;) {
      const page = await uploads({ "max-uploads": "1", ...markers });
      seen.push(...textsIn(page.text, "UploadId"));
      if (textIn(page.text, "IsTruncated") === "false") break;
      markers = {
        "key-marker": textIn(page.text, "NextKeyMarker") ?? "",
        "upload-id-marker": textIn(page.text, "NextUploadIdMarker") ?? "",
      };
    }
    expect(seen).toEqual(textsIn((await uploads()).text, "UploadId"));
  });

  test("encoding-type=url escapes keys, prefix and markers", async () => {
    const response = await uploads({ "encoding-type": "url", prefix: "up/", "max-uploads": "1" });
    expect(textIn(response.text, "Key")).toBe("up%2F1");
    expect(textIn(response.text, "Prefix")).toBe("up%2F");
    expect(textIn(response.text, "NextKeyMarker")).toBe("up%2F1");
    expect(textIn(response.text, "Encoding-Type")).toBe("url");
  });
});

describe("buckets", () => {
  const other = "other-1250000000.cos.ap-shanghai.myqcloud.com";
  test("are created, found, filled, emptied and removed", async () => {
    const at = (method: string, path = "/") =>
      rig.ask({ method, path, host: other, ...(method === "PUT" && { body: "" }) });
    expect((await at("HEAD")).status).toBe(404);
    const missing = await at("GET");
    expect([missing.status, missing.code]).toEqual([404, "NoSuchBucket"]);
    expect((await at("PUT", "/x")).code).toBe("NoSuchBucket");
    expect((await at("PUT")).status).toBe(200);
    const again = await at("PUT");
    expect([again.status, again.code]).toEqual([409, "BucketAlreadyOwnedByYou"]);
    expect((await at("HEAD")).status).toBe(200);
    await at("PUT", "/x");
    const full = await at("DELETE");
    expect([full.status, full.code]).toEqual([409, "BucketNotEmpty"]);
    await at("DELETE", "/x");
    expect((await at("DELETE")).status).toBe(204);
    expect((await at("HEAD")).status).toBe(404);
    await rig.restart();
    expect((await at("HEAD")).status).toBe(404);
  });

  test("the host of the service lists them", async () => {
    const response = await rig.ask({ method: "GET", path: "/", host: "service.cos.myqcloud.com" });
    expect(textsIn(response.text, "Name")).toEqual([BUCKET]);
    expect(HOST.startsWith(BUCKET)).toBe(true);
  });

  test("an operation that only COS has is 501, one that COS does not have is 405", async () => {
    for (const subresource of ["policy", "website", "encryption"]) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const response = await rig.ask({ method, path: "/", query: { [subresource]: "" } });
        expect([response.status, response.code]).toEqual([501, "NotImplemented"]);
      }
    }
    expect((await rig.ask({ method: "POST", path: "/form" })).code).toBe("NotImplemented");
    const response = await rig.ask({ method: "PATCH", path: "/a/1", body: "" });
    expect([response.status, response.code]).toEqual([405, "MethodNotAllowed"]);
    expect((await rig.ask({ method: "HEAD", path: "/" })).status).toBe(200);
  });
});
