import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, startRig, textIn } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const typeOf = async (path: string): Promise<string | undefined> =>
  (await rig.ask({ method: "HEAD", path })).headers["content-type"];

describe("an object without a Content-Type", () => {
  test.each([
    ["/a.txt", "text/plain"],
    ["/b.ZIP", "application/zip"],
    ["/folder.zip/c.html", "text/html"],
    ["/d.tar.gz", "application/gzip"],
    ["/zip", "application/octet-stream"],
    ["/folder.zip/e", "application/octet-stream"],
    ["/.txt", "application/octet-stream"],
    ["/f.", "application/octet-stream"],
    ["/g.constructor", "application/octet-stream"],
    ["/h.unknown-suffix", "application/octet-stream"],
  ])("gets that of its suffix: %s", async (path, type) => {
    await rig.ask({ method: "PUT", path, body: "x" });
    expect(await typeOf(path)).toBe(type);
  });

  test("gets it from an append and from a multipart upload too, and keeps it after a restart", async () => {
    await rig.ask({ method: "POST", path: "/log.txt", query: { append: "", position: "0" }, body: "x" });
    const started = await rig.ask({ method: "POST", path: "/video.mp4", query: { uploads: "" } });
    const uploadId = textIn(started.text, "UploadId") ?? "";
    const part = await rig.ask({
      method: "PUT",
      path: "/video.mp4",
      query: { partNumber: "1", uploadId },
      body: "x",
    });
    const list = `<Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part>`;
    const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`;
    await rig.ask({ method: "POST", path: "/video.mp4", query: { uploadId }, body });
    await rig.restart();
    expect(await typeOf("/log.txt")).toBe("text/plain");
    expect(await typeOf("/video.mp4")).toBe("video/mp4");
  });

  test("gets that of its new key when a copy replaces the metadata", async () => {
    await rig.ask({ method: "PUT", path: "/copied.txt", body: "x" });
    const source = "test-1250000000.cos.ap-guangzhou.myqcloud.com/copied.txt";
    const copy = (path: string, directive: string) => {
      const headers = { "x-cos-copy-source": source, "x-cos-metadata-directive": directive };
      return rig.ask({ method: "PUT", path, headers });
    };
    await copy("/kept.json", "Copy");
    await copy("/replaced.json", "Replaced");
    expect(await typeOf("/kept.json")).toBe("text/plain");
    expect(await typeOf("/replaced.json")).toBe("application/json");
  });
});
