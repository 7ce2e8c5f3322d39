import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { upload } from "../post/form-rig.ts";
import { BUCKET, md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";
import { entriesIn, erase, get, listVersions, put, putVersion, setVersioning } from "../versioned-rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ minPartSize: 1 });
});
afterEach(() => rig.stop());

const SOURCE = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;

describe("the configuration", () => {
  const state = async () => {
    const { text } = await rig.ask({ method: "GET", path: "/", query: { versioning: "" } });
    return [text.includes("<VersioningConfiguration>"), textIn(text, "Status")];
  };

  test("is empty at first, can be enabled and suspended, and survives a restart", async () => {
    expect(await state()).toEqual([true, undefined]);
    await setVersioning(rig, "Enabled");
    expect(await state()).toEqual([true, "Enabled"]);
    await setVersioning(rig, "Suspended");
    await rig.restart();
    expect(await state()).toEqual([true, "Suspended"]);
  });

  test("has no other status", async () => {
    const body = "<VersioningConfiguration><Status>Disabled</Status></VersioningConfiguration>";
    const refused = await rig.ask({ method: "PUT", path: "/", query: { versioning: "" }, body });
    expect(refused.code).toBe("MalformedXML");
    expect(await state()).toEqual([true, undefined]);
  });
});

describe("with versioning enabled", () => {
  test("every write is a version with an id of COS's form, and older ones stay readable", async () => {
    await put(rig, "/a", "before");
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    const second = await putVersion(rig, "/a", "second");
    // 2^64-1 minus the microseconds: newer ids are smaller numbers.
    const [older, newer] = [first, second].map((id) => BigInt(Buffer.from(id, "base64").toString()));
    expect((older ?? 0n) > (newer ?? 0n)).toBe(true);
    expect((2n ** 64n - 1n - (newer ?? 0n)) / 1_000_000n).toBe(BigInt(rig.nowMs / 1000));

    const latest = await get(rig, "/a");
    expect([latest.text, latest.headers["x-cos-version-id"]]).toEqual(["second", second]);
    const read = await get(rig, "/a", first);
    expect([read.text, read.headers["x-cos-version-id"]]).toEqual(["first", first]);
    const oldest = await get(rig, "/a", "null");
    expect([oldest.text, oldest.headers["x-cos-version-id"]]).toEqual(["before", "null"]);
    const head = await rig.ask({ method: "HEAD", path: "/a", query: { versionId: first } });
    expect([head.status, head.headers["content-length"]]).toEqual([200, "5"]);
    expect((await get(rig, "/a", "MTg0NDUxNTc1NjIzMTQ1MDAwODg")).code).toBe("NoSuchVersion");
    expect(entriesIn((await listVersions(rig)).text)).toEqual([`a:${second}*`, `a:${first}`, "a:null"]);
  });

  test("ids differ also when the clock stands still or goes back", async () => {
    await setVersioning(rig, "Enabled");
    const ids: (string | undefined)[] = [];
    for (const step of [0, 0, -60_000, 0]) {
      rig.nowMs += step;
      const { headers } = await rig.ask({ method: "PUT", path: "/a", body: String(ids.length) });
      ids.push(headers["x-cos-version-id"]);
    }
    expect(new Set(ids).size).toBe(4);
    expect((await get(rig, "/a")).text).toBe("3");
    expect((await get(rig, "/a", ids[2])).text).toBe("2");
  });

  test("writes at the same time are versions of their own", async () => {
    await setVersioning(rig, "Enabled");
    const bodies = Array.from({ length: 20 }, (_, n) => `body ${n}`);
    const puts = await Promise.all(bodies.map((body) => rig.ask({ method: "PUT", path: "/a", body })));
    const ids = puts.map(({ headers }) => headers["x-cos-version-id"]);
    expect(new Set(ids).size).toBe(bodies.length);
    const read = await Promise.all(ids.map((id) => get(rig, "/a", id)));
    expect(read.map(({ text }) => text)).toEqual(bodies);
  });

  test("DELETE adds a marker; deleting the marker brings the object back", async () => {
    await setVersioning(rig, "Enabled");
    const id = await putVersion(rig, "/a", "kept");
    const erased = await erase(rig, "/a");
    const marker = erased.headers["x-cos-version-id"];
    expect([erased.status, erased.headers["x-cos-delete-marker"]]).toEqual([204, "true"]);
    expect(marker).toMatch(/^[A-Za-z0-9]{27}$/);

    for (const versionId of [undefined, marker]) {
      const gone = await get(rig, "/a", versionId);
      expect([gone.status, gone.code]).toEqual([404, "NoSuchKey"]);
      expect([gone.headers["x-cos-delete-marker"], gone.headers["x-cos-version-id"]]).toEqual([
        "true",
        marker,
      ]);
    }
    expect(textsIn((await rig.ask({ method: "GET", path: "/" })).text, "Key")).toEqual([]);
    expect((await get(rig, "/a", id)).text).toBe("kept");

    const undone = await erase(rig, "/a", marker);
    expect([undone.headers["x-cos-delete-marker"], undone.headers["x-cos-version-id"]]).toEqual([
      "true",
      marker,
    ]);
    expect((await get(rig, "/a")).text).toBe("kept");
  });

  test("DELETE with a version id deletes that version for good, with its bytes", async () => {
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    const second = await putVersion(rig, "/a", "second");
    const erased = await erase(rig, "/a", second);
    expect([erased.status, erased.headers["x-cos-version-id"]]).toEqual([204, second]);
    expect(erased.headers["x-cos-delete-marker"]).toBeUndefined();
    expect((await get(rig, "/a")).text).toBe("first");
    expect(await rig.dataFiles()).toHaveLength(1);
    await erase(rig, "/a", first);
    expect((await get(rig, "/a")).code).toBe("NoSuchKey");
    expect(await rig.dataFiles()).toEqual([]);
    // Not there any more, and still 204, as for a key that does not exist.
    expect((await erase(rig, "/a", first)).status).toBe(204);
    // Text of a request becomes no header.
    const odd = await erase(rig, "/a", "1\r\nx-odd: \u0001");
    expect([odd.status, odd.headers["x-cos-version-id"], odd.headers["x-odd"]]).toEqual([
      204,
      undefined,
      undefined,
    ]);
  });

  test("ACL and tags belong to a version", async () => {
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    const second = await putVersion(rig, "/a", "second");
    const tags = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    const at = (method: string, sub: string, versionId?: string) => ({
      method,
      path: "/a",
      query: { [sub]: "", ...(versionId && { versionId }) },
    });
    await rig.ask({ ...at("PUT", "tagging", first), body: tags });
    await rig.ask({ ...at("PUT", "acl", first), headers: { "x-cos-acl": "public-read" } });
    expect(textIn((await rig.ask(at("GET", "tagging", first))).text, "Value")).toBe("v");
    expect((await rig.ask(at("GET", "tagging"))).code).toBe("NoSuchTagSet");
    expect((await rig.ask(at("GET", "acl", first))).headers["x-cos-acl"]).toBe("public-read");
    expect((await rig.ask(at("GET", "acl"))).headers["x-cos-acl"]).toBe("default");
    // Nothing of this made a version.
    expect(entriesIn((await listVersions(rig)).text)).toEqual([`a:${second}*`, `a:${first}`]);
    // An anonymous caller reads by the ACL of the version that it names.
    const anonymous = (query: Record<string, string>) =>
      rig.ask({ method: "GET", path: "/a", sign: false, query });
    expect((await anonymous({ versionId: first })).text).toBe("first");
    expect((await anonymous({ versionId: second })).status).toBe(403);
    await rig.ask(at("DELETE", "tagging", first));
    expect((await rig.ask(at("GET", "tagging", first))).code).toBe("NoSuchTagSet");
  });

  test("a copy can name a version of its source, and makes a version", async () => {
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    await putVersion(rig, "/a", "second");
    const copy = (path: string, source: string, query?: Record<string, string>) =>
      rig.ask({
        method: "PUT",
        path,
        headers: { "x-cos-copy-source": `${SOURCE}/${source}` },
        ...(query && { query }),
      });
    const restored = await copy("/a", `a?versionId=${first}`);
    expect(restored.headers["x-cos-copy-source-version-id"]).toBe(first);
    expect(textIn(restored.text, "VersionId")).toBe((await get(rig, "/a")).headers["x-cos-version-id"]);
    expect((await get(rig, "/a")).text).toBe("first");
    expect((await copy("/a", "a?versionId=abc")).code).toBe("NoSuchVersion");

    const started = await rig.ask({ method: "POST", path: "/b", query: { uploads: "" } });
    const uploadId = textIn(started.text, "UploadId") ?? "";
    const part = await copy("/b", `a?versionId=${first}`, { partNumber: "1", uploadId });
    expect([part.headers["x-cos-copy-source-version-id"], textIn(part.text, "ETag")]).toEqual([
      first,
      `"${md5("first")}"`,
    ]);
  });

  test("Complete makes a version", async () => {
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    const started = await rig.ask({ method: "POST", path: "/a", query: { uploads: "" } });
    const uploadId = textIn(started.text, "UploadId") ?? "";
    await rig.ask({ method: "PUT", path: "/a", query: { partNumber: "1", uploadId }, body: "parts" });
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${md5("parts")}</ETag></Part></CompleteMultipartUpload>`;
    const headers = { "x-cos-forbid-overwrite": "true" };
    // x-cos-forbid-overwrite has no effect on a bucket with versioning.
    const done = await rig.ask({ method: "POST", path: "/a", query: { uploadId }, body, headers });
    const id = done.headers["x-cos-version-id"];
    expect([done.status, id === first]).toEqual([200, false]);
    expect((await get(rig, "/a", id)).text).toBe("parts");
    expect((await get(rig, "/a", first)).text).toBe("first");
  });

  test("a form makes a version", async () => {
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    const response = await upload(rig, [["key", "a"]], { content: "form" });
    const id = response.headers["x-cos-version-id"];
    expect([response.status, id === undefined, id === first]).toEqual([204, false, false]);
    expect((await get(rig, "/a", id)).text).toBe("form");
    expect((await get(rig, "/a", first)).text).toBe("first");
  });

  test("appendable objects take no part in it", async () => {
    await setVersioning(rig, "Enabled");
    const append = (position: number, body: string) =>
      rig.ask({ method: "POST", path: "/log", query: { append: "", position: String(position) }, body });
    expect((await append(0, "one,")).headers["x-cos-version-id"]).toBeUndefined();
    expect((await append(4, "two")).status).toBe(200);
    expect(entriesIn((await listVersions(rig)).text)).toEqual(["log:null*"]);
    expect((await get(rig, "/log")).text).toBe("one,two");
    await putVersion(rig, "/log", "normal");
    expect((await append(7, "three")).code).toBe("ObjectNotAppendable");
    expect((await get(rig, "/log", "null")).text).toBe("one,two");
  });
});

describe("with versioning suspended", () => {
  test("a write replaces the null version and no other", async () => {
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    await setVersioning(rig, "Suspended");
    expect(await put(rig, "/a", "null 1")).toBeUndefined();
    expect(await put(rig, "/a", "null 2")).toBeUndefined();
    expect((await get(rig, "/a")).text).toBe("null 2");
    expect((await get(rig, "/a", "null")).text).toBe("null 2");
    expect((await get(rig, "/a", first)).text).toBe("first");
    expect(entriesIn((await listVersions(rig)).text)).toEqual(["a:null*", `a:${first}`]);
    expect(await rig.dataFiles()).toHaveLength(2);
  });

  test("DELETE replaces the null version by a marker", async () => {
    await put(rig, "/a", "before");
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    await setVersioning(rig, "Suspended");
    const erased = await erase(rig, "/a");
    expect([erased.headers["x-cos-delete-marker"], erased.headers["x-cos-version-id"]]).toEqual([
      "true",
      undefined,
    ]);
    expect(entriesIn((await listVersions(rig)).text)).toEqual(["-a:null*", `a:${first}`]);
    expect((await get(rig, "/a", "null")).code).toBe("NoSuchKey");
    await erase(rig, "/a", "null");
    expect((await get(rig, "/a")).text).toBe("first");
  });
});

describe("POST ?delete", () => {
  test("adds markers, and deletes the versions that it names", async () => {
    await setVersioning(rig, "Enabled");
    const first = await putVersion(rig, "/a", "first");
    const post = (objects: string) => {
      const body = `<Delete>${objects}</Delete>`;
      const headers = { "content-md5": md5(body, "base64") };
      return rig.ask({ method: "POST", path: "/", query: { delete: "" }, body, headers });
    };
    const marked = await post("<Object><Key>a</Key><VersionId/></Object>");
    const marker = textIn(marked.text, "DeleteMarkerVersionId") ?? "";
    expect(textIn(marked.text, "DeleteMarker")).toBe("true");
    expect(textsIn(marked.text, "VersionId")).toEqual([]);

    const erased = await post(
      `<Object><Key>a</Key><VersionId>${marker}</VersionId></Object>` +
        `<Object><Key>a</Key><VersionId>${first}</VersionId></Object>`,
    );
    expect(textsIn(erased.text, "VersionId")).toEqual([marker, first]);
    expect(textsIn(erased.text, "DeleteMarkerVersionId")).toEqual([marker]);
    expect(entriesIn((await listVersions(rig)).text)).toEqual([]);
  });
});

test("a bucket with versions or markers cannot be deleted", async () => {
  await setVersioning(rig, "Enabled");
  const id = await putVersion(rig, "/a", "x");
  const marker = (await erase(rig, "/a")).headers["x-cos-version-id"];
  const remove = () => rig.ask({ method: "DELETE", path: "/" });
  expect((await remove()).code).toBe("BucketNotEmpty");
  await erase(rig, "/a", id);
  expect((await remove()).code).toBe("BucketNotEmpty");
  await erase(rig, "/a", marker);
  expect((await remove()).status).toBe(204);
});
