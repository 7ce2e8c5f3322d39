import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  OptionRangeError,
  OptionTypeError,
  type RunningEmulator,
  type Snapshot,
  type StartOptions,
  startEmulator,
} from "../src/index.ts";
import { textsIn } from "./requests.ts";

const BUCKET = "demo-1250000000";
const MiB = 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cos-emulator-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const running: RunningEmulator[] = [];
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close();
});

/** The two media; each test has an emulator, and on disk a directory, of its own. */
const media: [string, () => Promise<StartOptions>][] = [
  ["in memory", async () => ({})],
  ["in a directory", async () => ({ data: await mkdtemp(join(folder, "data-")) })],
];

async function start(options: StartOptions): Promise<RunningEmulator> {
  const emulator = await startEmulator({ anonymous: true, minPartSize: 1, ...options });
  running.push(emulator);
  return emulator;
}

const at = (emulator: RunningEmulator, target: string): string => `${emulator.url}/${BUCKET}/${target}`;

async function put(emulator: RunningEmulator, key: string, body: string | Uint8Array): Promise<void> {
  const { status } = await fetch(at(emulator, key), { method: "PUT", body: body as string });
  expect(status).toBe(200);
}

async function get(emulator: RunningEmulator, key: string): Promise<string | number> {
  const response = await fetch(at(emulator, key));
  return response.ok ? response.text() : response.status;
}

async function keys(emulator: RunningEmulator): Promise<string[]> {
  return textsIn(await (await fetch(at(emulator, ""))).text(), "Key");
}

async function upload(
  emulator: RunningEmulator,
  key: string,
  parts: readonly string[],
): Promise<() => Promise<number>> {
  const begun = await (await fetch(at(emulator, `${key}?uploads`), { method: "POST" })).text();
  const [uploadId] = textsIn(begun, "UploadId");
  const etags: (string | null)[] = [];
  for (const [index, body] of parts.entries()) {
    const target = at(emulator, `${key}?partNumber=${index + 1}&uploadId=${uploadId}`);
    etags.push((await fetch(target, { method: "PUT", body })).headers.get("etag"));
  }
  const list = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
  return async () =>
    (await fetch(at(emulator, `${key}?uploadId=${uploadId}`), { method: "POST", body })).status;
}

describe.each(media)("an emulator %s", (_, options) => {
  test("stores, overwrites, reads ranges of and deletes objects larger than a write", async () => {
    const emulator = await start(await options());
    const body = Buffer.alloc(3 * MiB + 5, "0123456789");
    await put(emulator, "big", Buffer.alloc(2 * MiB, "x"));
    await put(emulator, "big", body);
    expect(await get(emulator, "big")).toBe(body.toString());
    const range = await fetch(at(emulator, "big"), { headers: { Range: "bytes=524287-1572864" } });
    expect(await range.text()).toBe(body.subarray(524_287, 1_572_865).toString());
    expect((await fetch(at(emulator, "big"), { method: "DELETE" })).status).toBe(204);
    expect(await get(emulator, "big")).toBe(404);
  });

  test("returns to a snapshot: objects, versions, open uploads, buckets and their configurations", async () => {
    const emulator = await start(await options());
    await put(emulator, "kept", "first");
    await put(emulator, "changed", "before");
    const complete = await upload(emulator, "open", ["one", "two"]);
    const snapshot = await emulator.snapshot();

    await put(emulator, "changed", "after");
    await put(emulator, "new", "new");
    await fetch(at(emulator, "kept"), { method: "DELETE" });
    expect(await complete()).toBe(200);
    await fetch(`${emulator.url}/later-1250000000/`, { method: "PUT" });
    for (let round = 0; round < 2; round += 1) {
      await emulator.restore(snapshot);
      expect(await keys(emulator)).toEqual(["changed", "kept"]);
      expect([await get(emulator, "kept"), await get(emulator, "changed")]).toEqual(["first", "before"]);
      expect(await complete()).toBe(200);
      expect(await get(emulator, "open")).toBe("onetwo");
      expect((await fetch(`${emulator.url}/later-1250000000/`)).status).toBe(404);
    }
  });

  test("a released snapshot, or one of another emulator, is refused by name", async () => {
    const [one, other] = [await start(await options()), await start(await options())];
    await put(one, "a", "a");
    const snapshot = await one.snapshot();
    await expect(other.restore(snapshot)).rejects.toThrow("the snapshot is of another emulator");
    await snapshot.release();
    await snapshot.release();
    await expect(one.restore(snapshot)).rejects.toThrow("the snapshot is released");
    expect(await get(one, "a")).toBe("a");
    await expect(one.restore({} as Snapshot)).rejects.toThrow(OptionTypeError);
  });

  test("reset() leaves the buckets of the options, empty, and forgets the requests", async () => {
    const emulator = await start(await options());
    await put(emulator, "a", "a");
    await upload(emulator, "open", ["part"]);
    await fetch(`${emulator.url}/later-1250000000/`, { method: "PUT" });
    await emulator.reset();
    expect(emulator.requests()).toEqual([]);
    expect(await keys(emulator)).toEqual([]);
    expect((await fetch(`${emulator.url}/later-1250000000/`)).status).toBe(404);
    expect(textsIn(await (await fetch(at(emulator, "?uploads"))).text(), "UploadId")).toEqual([]);
    await put(emulator, "a", "again");
    expect(await get(emulator, "a")).toBe("again");
  });

  test("a read that has begun goes on after reset()", async () => {
    const emulator = await start(await options());
    const body = Buffer.alloc(16 * MiB, "abcdefgh");
    await put(emulator, "big", body);
    const response = await fetch(at(emulator, "big"));
    await emulator.reset();
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  test("changes that come during reset() are refused or kept, never half", async () => {
    const emulator = await start(await options());
    const statuses = Array.from({ length: 40 }, async (_, index) => {
      const target = at(emulator, `k${index}`);
      return (await fetch(target, { method: "PUT", body: "x".repeat(1_000) })).status;
    });
    await emulator.reset();
    expect((await Promise.all(statuses)).every((status) => status === 200 || status === 404)).toBe(true);
    for (const key of await keys(emulator)) expect(await get(emulator, key)).toBe("x".repeat(1_000));
    await put(emulator, "last", "last");
  });

  test("reset(), restore() and seed() that are called at once run one after the other", async () => {
    const emulator = await start(await options());
    await put(emulator, "a", "a");
    const snapshot = await emulator.snapshot();
    await put(emulator, "b", "b");
    await Promise.all([
      emulator.reset(),
      emulator.restore(snapshot),
      emulator.reset(),
      emulator.restore(snapshot),
    ]);
    expect(await keys(emulator)).toEqual(["a"]);
    const restoring = emulator.restore(snapshot);
    await new Promise(setImmediate);
    await Promise.all([snapshot.release(), restoring]);
    expect(await get(emulator, "a")).toBe("a");
  });

  test("while a snapshot is restored, nobody sees a part of it", async () => {
    const emulator = await start(await options());
    for (let index = 0; index < 60; index += 1) await put(emulator, `k${index}`, "x");
    const snapshot = await emulator.snapshot();
    let restored = false;
    const restoring = emulator.restore(snapshot).then(() => {
      restored = true;
    });
    const seen = new Set<number>();
    while (!restored) {
      const response = await fetch(at(emulator, ""));
      if (response.ok) seen.add(textsIn(await response.text(), "Key").length);
    }
    await restoring;
    expect([...seen].filter((count) => count !== 60)).toEqual([]);
    expect(await keys(emulator)).toHaveLength(60);
  });

  test("seed() does not follow links to folders, nor links that lead nowhere", async () => {
    const source = await mkdtemp(join(folder, "links-"));
    await mkdir(join(source, "real"));
    await writeFile(join(source, "real/a.txt"), "a");
    await symlink("real/a.txt", join(source, "link.txt"));
    for (const [name, target] of [
      ["one", "."],
      ["two", "."],
      ["to-folder", "real"],
      ["broken", "nowhere"],
    ] as const) {
      await symlink(target, join(source, name));
    }
    const emulator = await start(await options());
    await emulator.seed(source);
    expect(await keys(emulator)).toEqual(["link.txt", "real/a.txt"]);
  });

  test.each([
    [
      "a key that is too long",
      { prefix: "x".repeat(850) },
      /^prefix: makes the key "x+"; accepted: at most 850 bytes/,
    ],
    ["a slash at the beginning", { prefix: "/" }, /^prefix: makes the key "\/a"/],
    ["an option that it does not know", { Prefix: "x" }, /^Prefix: is not known; accepted: bucket, prefix/],
    ["a number as prefix", { prefix: 5 }, /^prefix: accepted/],
  ])("seed() refuses %s before it stores anything", async (_name, wrong, message) => {
    const source = await mkdtemp(join(folder, "wrong-"));
    await writeFile(join(source, "a"), "a");
    const emulator = await start(await options());
    await expect(emulator.seed(source, wrong as object)).rejects.toThrow(message);
    expect(await keys(emulator)).toEqual([]);
  });

  test("seed() stores the files below a folder with their types", async () => {
    const source = await mkdtemp(join(folder, "seed-"));
    await mkdir(join(source, "img/deep"), { recursive: true });
    await writeFile(join(source, "index.html"), "<p>");
    await writeFile(join(source, "img/deep/a b.png"), "png");
    await writeFile(join(source, "empty"), "");
    const emulator = await start(await options());
    await put(emulator, "there", "there");
    expect(await emulator.seed(source, { prefix: "site/" })).toEqual({ objects: 3, bytes: 6 });
    expect(await keys(emulator)).toEqual(["site/empty", "site/img/deep/a b.png", "site/index.html", "there"]);
    const { headers } = await fetch(at(emulator, "site/img/deep/a%20b.png"), { method: "HEAD" });
    const png = { type: headers.get("content-type"), length: headers.get("content-length") };
    expect(png).toEqual({ type: "image/png", length: "3" });
    expect(headers.get("etag")).toBe(`"${createHash("md5").update("png").digest("hex")}"`);
    expect(headers.get("x-cos-hash-crc64ecma")).toMatch(/^\d+$/);
  });

  test("seed() names a folder or a bucket that is not there", async () => {
    const emulator = await start(await options());
    await expect(emulator.seed(join(folder, "nowhere"))).rejects.toThrow(/^folder: .*nowhere cannot be read/);
    await expect(emulator.seed(folder, { bucket: "no-1" })).rejects.toThrow(
      "bucket: no-1; accepted: demo-1250000000",
    );
    await expect(emulator.seed(5 as unknown as string)).rejects.toThrow(OptionTypeError);
  });
});

test("what is restored in a directory is there at the next start", async () => {
  const data = await mkdtemp(join(folder, "data-"));
  const first = await start({ data });
  await put(first, "a", "before");
  const complete = await upload(first, "open", ["one"]);
  const snapshot = await first.snapshot();
  await put(first, "a", "after");
  expect(await complete()).toBe(200);
  await first.restore(snapshot);
  await first.close();
  const second = await start({ data });
  expect([await get(second, "a"), await keys(second)]).toEqual(["before", ["a"]]);
  expect(textsIn(await (await fetch(at(second, "?uploads"))).text(), "Key")).toEqual(["open"]);
});

test("close() waits for what still writes to the directory", async () => {
  const data = await mkdtemp(join(folder, "data-"));
  const first = await start({ data });
  for (let index = 0; index < 40; index += 1) await put(first, `k${index}`, "x");
  const restored = first.restore(await first.snapshot());
  await first.close();
  await restored;
  const second = await start({ data });
  expect(await keys(second)).toHaveLength(40);
  await expect(first.reset()).rejects.toThrow("the emulator is closed");
});

test("the bytes that only a snapshot needs are deleted with it", async () => {
  const data = await mkdtemp(join(folder, "data-"));
  const emulator = await start({ data });
  await put(emulator, "a", "a");
  const snapshot = await emulator.snapshot();
  await put(emulator, "a", "b");
  expect(await readdir(join(data, "data"))).toHaveLength(2);
  await snapshot.release();
  expect(await readdir(join(data, "data"))).toHaveLength(1);
  expect(await get(emulator, "a")).toBe("b");
});

test("without options there are a bucket and a key pair, and no file is written", async () => {
  const before = await readdir(process.cwd());
  const emulator = await startEmulator();
  running.push(emulator);
  expect(emulator.buckets).toEqual([BUCKET]);
  expect(emulator.clientOptions).toEqual({
    Endpoint: `http://127.0.0.1:${emulator.port}/{Bucket}`,
    Region: "ap-guangzhou",
    SecretId: "AKIDcosupemulator",
    SecretKey: "cosup-emulator-secret-key",
  });
  // Signatures are verified all the same.
  expect((await fetch(at(emulator, "a"), { method: "PUT", body: "a" })).status).toBe(403);
  expect(await readdir(process.cwd())).toEqual(before);
});

describe("requests", () => {
  test("are told with operation, key, sizes, status, code and faults", async () => {
    const script = [
      { op: "PutObject", when: "before-headers", fault: { kind: "status", code: "SlowDown" } },
    ] as const;
    const entries: unknown[] = [];
    const emulator = await start({ faults: script, onRequest: (entry) => entries.push(entry) });
    await fetch(at(emulator, "a.txt"), { method: "PUT", body: "hello" });
    await put(emulator, "a.txt", "hello");
    await get(emulator, "a.txt");
    await get(emulator, "none");
    const common = { at: expect.any(Number), durationMs: expect.any(Number), requestId: expect.any(String) };
    const place = { ...common, bucket: BUCKET, key: "a.txt", partNumber: undefined };
    expect(emulator.requests()).toMatchObject([
      {
        ...place,
        method: "PUT",
        operation: "PutObject",
        status: 503,
        code: "SlowDown",
        requestBytes: 5,
        faults: ["status"],
      },
      {
        ...place,
        method: "PUT",
        operation: "PutObject",
        status: 200,
        code: undefined,
        requestBytes: 5,
        faults: [],
      },
      { ...place, method: "GET", operation: "GetObject", status: 200, responseBytes: 5 },
      { ...common, method: "GET", key: "none", status: 404, code: "NoSuchKey" },
    ]);
    expect(entries).toEqual(emulator.requests());
  });

  test("hold no signature, also where a URL carries one", async () => {
    const emulator = await start({});
    await fetch(
      at(emulator, "a?q-sign-algorithm=sha1&q-signature=0123456789abcdef&x-cos-security-token=TOKEN"),
    );
    await fetch(at(emulator, "aq-signature=0123456789abcdef"));
    expect(JSON.stringify(emulator.requests())).not.toMatch(/0123456789abcdef|TOKEN/);
    expect(emulator.requests()).toHaveLength(2);
  });

  test("waitFor() resolves with the next one that matches", async () => {
    const emulator = await start({});
    await put(emulator, "a", "early");
    const byProperties = emulator.waitFor({ operation: "PutObject", key: "b" });
    const byFunction = emulator.waitFor(({ status }) => status === 404);
    await put(emulator, "a", "other");
    await get(emulator, "none");
    await put(emulator, "b", "meant");
    expect((await byProperties).requestBytes).toBe(5);
    expect((await byFunction).key).toBe("none");
  });

  test("waitFor() rejects in time, at an abort, and for a property that it does not know", async () => {
    const emulator = await start({});
    const wanted = { operation: "PutObject", key: "never" } as const;
    await expect(emulator.waitFor(wanted, { timeoutMs: 1 })).rejects.toThrow(
      'no request within 1 ms was {"operation":"PutObject","key":"never"}',
    );
    const reason = new Error("enough");
    const waiting = emulator.waitFor(wanted, { signal: AbortSignal.timeout(1) });
    await expect(waiting).rejects.toThrow("aborted due to timeout");
    await expect(emulator.waitFor(wanted, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(emulator.waitFor({ path: "a" } as never)).rejects.toThrow("match.path: is not known");
    await expect(emulator.waitFor(wanted, { timeoutMs: -1 })).rejects.toThrow(OptionRangeError);
  });

  test("a function of the user's that throws fails nothing but itself", async () => {
    const lines: string[] = [];
    const onRequest = (): never => {
      throw new Error("of the test");
    };
    const emulator = await start({ onRequest, log: (line) => lines.push(line) });
    const waiting = emulator.waitFor((entry) => (entry.key as string).startsWith("a"));
    const rejected = expect(waiting).rejects.toThrow(TypeError);
    expect((await fetch(`${emulator.url}/`)).status).toBe(200);
    await rejected;
    expect(lines.join("\n")).toContain("onRequest failed: Error: of the test");
  });

  test("many may wait, without a warning of Node", async () => {
    const warnings: unknown[] = [];
    const warned = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", warned);
    const emulator = await start({});
    const waiting = Array.from({ length: 50 }, () => emulator.waitFor({ key: "a" }));
    await put(emulator, "a", "a");
    expect(new Set(await Promise.all(waiting)).size).toBe(1);
    await new Promise(setImmediate);
    process.off("warning", warned);
    expect(warnings).toEqual([]);
  });

  test.each([[Number.POSITIVE_INFINITY], [2 ** 31], [-1]])(
    "waitFor() refuses a time of %d",
    async (timeoutMs) => {
      const emulator = await start({});
      await expect(emulator.waitFor({ key: "a" }, { timeoutMs })).rejects.toThrow(OptionRangeError);
    },
  );

  test("of a key that is far too long, the beginning is kept", async () => {
    const emulator = await start({});
    await fetch(at(emulator, "k".repeat(30_000)));
    expect(emulator.requests()[0]?.key?.length).toBeLessThanOrEqual(1_000);
  });

  test("close() rejects those who still wait", async () => {
    const emulator = await startEmulator();
    const waiting = emulator.waitFor({ operation: "PutObject" });
    const rejected = expect(waiting).rejects.toThrow("the emulator was closed");
    await emulator.close();
    await rejected;
  });
});
