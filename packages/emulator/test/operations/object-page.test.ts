import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PageRequest, selectPage } from "../../src/operations/object-page.ts";
import { PRIVATE } from "../../src/request/acl.ts";
import { commonPrefix, isAfter } from "../../src/request/paging.ts";
import type { BucketStore } from "../../src/store/bucket-store.ts";
import type { History } from "../../src/store/history.ts";
import type { Version } from "../../src/store/records.ts";
import { Store } from "../../src/store/store.ts";
import { BUCKET } from "../rig.ts";

const NOW = 1_700_000_000_000;
const key = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "b", "/", "-", "é", "中", "😀", "\uffff", "\0"),
    minLength: 1,
    maxLength: 4,
  }),
  // Any character of one or two bytes, control characters and quotes among them.
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 6 }),
);
const text = fc.oneof(fc.constant(""), key);
const contents = fc.array(
  fc.tuple(key, fc.constantFrom("object", "versions", "marked", "marker", "restored")),
  { maxLength: 30 },
);
const request = fc.record({
  prefix: text,
  delimiter: fc.option(
    fc.constantFrom("/", "-", "a", "/-", "--", "é", "中/", "\uffff", "😀", "\0", "ÿ", ""),
    { nil: undefined },
  ),
  marker: text,
  maxKeys: fc.nat(8),
});
/** Whether keys count whose latest version is a delete marker, as in a listing of versions. */
const deleted = fc.boolean();

let data: string;
let onDisk: Store;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "cos-pages-"));
  onDisk = await Store.open(data, [BUCKET], NOW, false);
});
afterAll(async () => {
  await onDisk.close();
  await rm(data, { recursive: true, force: true });
});

function objectOf(key: string): Version {
  const stored = {
    headers: {},
    storageClass: "STANDARD",
    acl: PRIVATE,
    tags: [],
    size: 0,
    etag: "",
    crc64: "0",
  };
  return { ...stored, key, lastModified: NOW, type: "normal", extents: [] };
}

function historyOf(key: string, what: string): History {
  if (what === "object") return [objectOf(key)];
  const old = { ...objectOf(key), versionId: "old" };
  if (what === "versions") return [{ ...objectOf(key), versionId: "new" }, old];
  const marker = { key, versionId: "mark", lastModified: NOW, deleteMarker: true } as const;
  if (what === "marker") return [marker];
  return what === "marked" ? [marker, old] : [{ ...objectOf(key), versionId: "new" }, marker, old];
}

/** A page as a search of every key finds it. */
function expected(objects: readonly string[], { prefix, delimiter, marker, maxKeys }: PageRequest) {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const each of objects.toSorted((a, b) => (isAfter(a, b) ? 1 : -1))) {
    if (!each.startsWith(prefix) || !isAfter(each, marker)) continue;
    const folder = commonPrefix(each, prefix, delimiter);
    if (folder !== undefined && (folder === last || folder === marker)) continue;
    if (keys.length + prefixes.length >= maxKeys) return { keys, prefixes, nextMarker: last };
    if (folder === undefined) keys.push(each);
    else prefixes.push(folder);
    last = folder ?? each;
  }
  return { keys, prefixes, nextMarker: undefined };
}

const stores: readonly [string, number, () => Promise<Store>][] = [
  ["in memory", 1000, () => Store.inMemory([BUCKET], NOW)],
  ["in a directory", 150, async () => onDisk],
];
describe.each(stores)("a page of a listing %s", (_where, numRuns, open) => {
  test("has the keys and prefixes that a search of every key finds, in COS's order", async () => {
    const bucket = (await open()).bucket(BUCKET) as BucketStore;
    await fc.assert(
      fc.asyncProperty(contents, request, deleted, async (made, wanted, all) => {
        await bucket.objects.clear();
        const histories = new Map(made.map(([name, what]) => [name, historyOf(name, what)]));
        for (const [name, history] of histories) await bucket.objects.put(name, history);
        expect([...bucket.objects.from()].map(([name]) => name)).toEqual(
          [...histories.keys()].sort((a, b) => (isAfter(a, b) ? 1 : -1)),
        );
        const objects = [...histories].filter(
          ([, [latest]]) => all || (latest && !("deleteMarker" in latest)),
        );
        const page = selectPage(bucket, wanted, all);
        for (const [name, history] of page.keys) expect(history).toEqual(histories.get(name));
        const names = objects.map(([name]) => name);
        expect({ ...page, keys: page.keys.map(([name]) => name) }).toEqual(expected(names, wanted));
        expect(bucket.objects.size).toBe(histories.size);
      }),
      { numRuns },
    );
  });

  test("is found also where records are long, and where there are more keys than are read at once", async () => {
    const bucket = (await open()).bucket(BUCKET) as BucketStore;
    await bucket.objects.clear();
    const names = Array.from({ length: 2_100 }, (_, n) => `k${String(n).padStart(5, "0")}`);
    const headers = { "x-cos-meta-long": "x".repeat(20_000) };
    for (const [n, name] of names.entries()) {
      const version = objectOf(name);
      await bucket.objects.put(name, [n % 7 === 0 ? { ...version, headers } : version]);
    }
    expect([...bucket.objects.from()].map(([name]) => name)).toEqual(names);
    const page = selectPage(bucket, { prefix: "k", delimiter: undefined, marker: "k01000", maxKeys: 1000 });
    expect(page.keys.map(([name]) => name)).toEqual(names.slice(1001, 2001));
    expect(page.nextMarker).toBe("k02000");
    await bucket.objects.clear();
  });

  test("goes on where folders stand among long records, and after many delete markers", async () => {
    const bucket = (await open()).bucket(BUCKET) as BucketStore;
    await bucket.objects.clear();
    const names = Array.from({ length: 1_500 }, (_, n) => `k${String(n).padStart(5, "0")}`);
    // More than is read at once, in the first page too. The text is that of a marker, and must not be taken for one.
    const headers = { "x-cos-meta-long": `"deleteMarker":true${"x".repeat(20_000)}` };
    for (const [n, name] of names.entries()) {
      if (n < 1_010) await bucket.objects.put(`a${name}/a`, historyOf(`a${name}/a`, "marked"));
      if (n % 3 > 0) await bucket.objects.put(name, [{ ...objectOf(name), headers }]);
      else for (const each of [`${name}/a`, `${name}/b`]) await bucket.objects.put(each, [objectOf(each)]);
    }
    const wanted = { prefix: "", delimiter: "/", marker: "", maxKeys: 1000 };
    const page = selectPage(bucket, wanted);
    const rest = selectPage(bucket, { ...wanted, marker: page.nextMarker ?? "" });
    const found = [page, rest].flatMap(({ keys, prefixes }) => [...keys.map(([name]) => name), ...prefixes]);
    expect(found.toSorted()).toEqual(names.map((name, n) => (n % 3 > 0 ? name : `${name}/`)).toSorted());
    expect([page.keys.length + page.prefixes.length, rest.nextMarker]).toEqual([1000, undefined]);
    await bucket.objects.clear();
  });
});
