import { beforeEach, expect, test } from "vitest";
import type { RunningEmulator } from "../../src/index.ts";
import { textsIn } from "../requests.ts";
import { at, BUCKET, start, useEmulators } from "../state-rig.ts";
import { data, json } from "./console-rig.ts";

useEmulators();
let emulator: RunningEmulator;
beforeEach(async () => {
  emulator = await start({ anonymous: false, faults: true });
});

const of = (name: string, query: Record<string, string>): string => `${name}?${new URLSearchParams(query)}`;

/** Sends a request with a signature of the console. */
async function signed(
  Method: string,
  Key: string,
  Query: Record<string, string> = {},
  body?: string,
  Headers: Record<string, string> = {},
): Promise<Response> {
  const asked = JSON.stringify({ Method, Bucket: BUCKET, Key, Query, Headers });
  const { headers } = await json<{ headers: Record<string, string> }>(emulator, "sign", {
    method: "POST",
    body: asked,
  });
  const query = new URLSearchParams(Query).toString().replaceAll("+", "%20");
  const target = at(emulator, `${encodeURIComponent(Key)}?${query}`);
  return fetch(target, { method: Method, headers: { ...Headers, ...headers }, ...(body && { body }) });
}

test("what it signs is accepted, and nothing else", async () => {
  const key = "a b/ü+%&='.txt";
  const put = await signed("PUT", key, {}, "hello", { "x-cos-meta-note": "it's ~ 1" });
  expect(put.status).toBe(200);
  expect(await (await signed("GET", key, { "response-cache-control": "a b" })).text()).toBe("hello");
  expect((await fetch(at(emulator, encodeURIComponent(key)))).status).toBe(403);
  for (const body of [
    "",
    "{}",
    "[]",
    '{"Method":"GET"}',
    '{"Method":"GET","Bucket":"b-1","Query":{"a":1}}',
  ]) {
    const { status } = await data(emulator, "sign", { method: "POST", body });
    expect([body, status]).toEqual([body, 400]);
  }
});

test("a token accompanies a temporary key", async () => {
  emulator = await start({
    anonymous: false,
    credentials: [{ secretId: "ID", secretKey: "KEY", token: "session" }],
  });
  expect((await signed("PUT", "a", {}, "x")).status).toBe(200);
  const { path } = await json<{ path: string }>(emulator, of("download", { bucket: BUCKET, key: "a" }));
  expect(await (await fetch(emulator.url + path)).text()).toBe("x");
});

test("without a key it says so", async () => {
  emulator = await start({ credentials: [] });
  const body = JSON.stringify({ Method: "GET", Bucket: BUCKET });
  expect((await data(emulator, "sign", { method: "POST", body })).status).toBe(409);
  expect((await data(emulator, of("download", { bucket: BUCKET, key: "a" }))).status).toBe(409);
});

test("buckets have their counts", async () => {
  await signed("PUT", "a", {}, "x");
  await signed("POST", "b", { uploads: "" });
  const { buckets, ...settings } = await json<{ buckets: unknown[] }>(emulator, "buckets");
  expect(buckets).toMatchObject([{ name: BUCKET, keys: 1, uploads: 1, versioning: "never enabled" }]);
  expect(settings).toEqual({ region: "ap-guangzhou", minPartSize: 1, inMemory: true, faults: true });
});

test("objects have size and CRC64, below folders, a page at a time", async () => {
  for (const key of ["a.txt", "dir/b.txt", "dir/c.txt"]) await signed("PUT", key, {}, "123456789");
  const top = await json(emulator, of("objects", { bucket: BUCKET, delimiter: "/" }));
  const object = { key: "a.txt", size: 9, crc64: "11051210869376104954", latest: true, versionId: "null" };
  expect(top).toMatchObject({ folders: ["dir/"], objects: [object] });
  const below = await json<{ objects: { key: string }[] }>(
    emulator,
    of("objects", { bucket: BUCKET, delimiter: "/", prefix: "dir/" }),
  );
  expect(below.objects.map(({ key }) => key)).toEqual(["dir/b.txt", "dir/c.txt"]);
  const many = Array.from({ length: 201 }, (_, index) => signed("PUT", `n/${1000 + index}`, {}, "x"));
  await Promise.all(many);
  const first = await json<{ objects: unknown[]; next: string }>(
    emulator,
    of("objects", { bucket: BUCKET, prefix: "n/" }),
  );
  expect([first.objects.length, first.next]).toEqual([200, "n/1199"]);
  const second = await json<{ objects: unknown[]; next?: string }>(
    emulator,
    of("objects", { bucket: BUCKET, prefix: "n/", marker: first.next }),
  );
  expect(second).toMatchObject({ objects: [{ key: "n/1200" }] });
  expect(second.next).toBeUndefined();
  expect((await data(emulator, of("objects", { bucket: "none-1" }))).status).toBe(404);
});

test("an object has its headers and versions", async () => {
  const enable = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  await signed("PUT", "", { versioning: "" }, enable);
  await signed("PUT", "k", {}, "old", { "content-type": "text/x-old" });
  await signed("PUT", "k", {}, "newer", { "x-cos-meta-note": "n" });
  await signed("DELETE", "k");
  const { versions } = await json<{ versions: { versionId: string; size?: number; headers: object }[] }>(
    emulator,
    of("object", { bucket: BUCKET, key: "k" }),
  );
  expect(versions.map(({ size }) => size)).toEqual([undefined, 5, 3]);
  expect(versions[1]?.headers).toMatchObject({ "x-cos-meta-note": "n" });
  expect(versions[2]?.headers).toMatchObject({ "content-type": "text/x-old" });
  const listed = await json(emulator, of("objects", { bucket: BUCKET }));
  expect(listed).toMatchObject({ objects: [] });
  const all = await json<{ objects: unknown[] }>(emulator, of("objects", { bucket: BUCKET, versions: "1" }));
  expect(all.objects).toHaveLength(3);
  const versionId = versions[2]?.versionId ?? "";
  const { path } = await json<{ path: string }>(
    emulator,
    of("download", { bucket: BUCKET, key: "k", versionId }),
  );
  const download = await fetch(emulator.url + path);
  expect(await download.text()).toBe("old");
  // A web page must not be shown: it would have the origin of the console.
  expect(download.headers.get("content-disposition")).toBe("attachment");
});

test("uploads have their parts", async () => {
  const [uploadId = ""] = textsIn(await (await signed("POST", "big", { uploads: "" })).text(), "UploadId");
  await signed("PUT", "big", { partNumber: "2", uploadId }, "two");
  await signed("PUT", "big", { partNumber: "1", uploadId }, "1");
  expect(await json(emulator, "uploads")).toMatchObject({
    count: 1,
    uploads: [{ bucket: BUCKET, key: "big", uploadId, parts: 2, bytes: 4 }],
  });
  const parts = await json<{ parts: unknown[][] }>(emulator, of("parts", { bucket: BUCKET, uploadId }));
  expect(parts.parts.map(([partNumber, size]) => [partNumber, size])).toEqual([
    [1, 1],
    [2, 3],
  ]);
  await signed("DELETE", "big", { uploadId });
  expect((await data(emulator, of("parts", { bucket: BUCKET, uploadId }))).status).toBe(404);
});

test("faults are switched on, counted and switched off", async () => {
  const script = [{ op: "PutObject", when: "before-headers", fault: { kind: "status", code: "SlowDown" } }];
  await json(emulator, "faults/default", { method: "PUT", body: JSON.stringify(script) });
  expect((await signed("PUT", "a", {}, "x")).status).toBe(503);
  expect((await signed("PUT", "a", {}, "x")).status).toBe(200);
  expect(await json(emulator, "faults")).toMatchObject({
    enabled: true,
    runs: [{ run: "default", instructions: [{ matched: 2, fired: 1 }] }],
  });
  const wrong = await data(emulator, "faults/default", { method: "PUT", body: '[{"op":"Nothing"}]' });
  expect(wrong.status).toBe(400);
  expect((await data(emulator, "faults/default", { method: "DELETE" })).status).toBe(204);
  expect(await json(emulator, "faults")).toMatchObject({ runs: [] });
  emulator = await start({});
  expect((await data(emulator, "faults/default", { method: "PUT", body: "[]" })).status).toBe(403);
  expect(await json(emulator, "faults")).toEqual({ enabled: false, runs: [] });
});

test("what the console asks is not in the list of requests", async () => {
  await signed("PUT", "a", {}, "x");
  await json(emulator, "buckets");
  expect(emulator.requests().map(({ operation }) => operation)).toEqual(["PutObject"]);
});
