import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textIn, textsIn } from "../rig.ts";
import { bundleEmulator, type ChildEmulators } from "./child-emulators.ts";

describe("SIGKILL", () => {
  let emulators: ChildEmulators;
  beforeAll(async () => {
    emulators = await bundleEmulator();
  });
  afterAll(() => emulators.stop());

  const SIZE = 512 * 1024;
  /** A body of one version is one letter throughout, so that a mixture shows. */
  const version = (n: number): string => String.fromCharCode(97 + (n % 26)).repeat(SIZE + n);

  /** More than any writer can write before the kill. */
  const VERSIONS = 100_000;

  /** Writes versions of one key until the server is killed. Returns the numbers of the acknowledged ones. */
  async function writeUntilGone(
    write: (n: number) => Promise<boolean>,
    from: number,
    onAcknowledged: () => void = () => {},
  ): Promise<number[]> {
    const acknowledged: number[] = [];
    for (let n = from; n < from + VERSIONS; n++) {
      try {
        if (!(await write(n))) continue;
        acknowledged.push(n);
        onAcknowledged();
      } catch {
        return acknowledged;
      }
    }
    throw new Error("the server was never killed");
  }

  const putVersion = (url: string) => async (n: number) =>
    (await fetch(`${url}/put`, { method: "PUT", body: version(n) })).ok;

  const appendVersion = (url: string) => {
    let position: number | undefined;
    return async (n: number): Promise<boolean> => {
      if (position === undefined) {
        const head = await fetch(`${url}/append`, { method: "HEAD" });
        position = head.ok ? Number(head.headers.get("content-length")) : 0;
      }
      const letter = String.fromCharCode(97 + (n % 26));
      const target = `${url}/append?append&position=${position}`;
      const response = await fetch(target, { method: "POST", body: letter.repeat(1000) });
      if (response.ok) position += 1000;
      return response.ok;
    };
  };

  const completeVersion = (url: string) => async (n: number) => {
    const key = `${url}/multipart`;
    const started = await (await fetch(`${key}?uploads`, { method: "POST" })).text();
    const uploadId = textIn(started, "UploadId");
    const body = version(n);
    const halves = [body.slice(0, SIZE / 2), body.slice(SIZE / 2)];
    const parts: string[] = [];
    for (const [index, half] of halves.entries()) {
      const target = `${key}?partNumber=${index + 1}&uploadId=${uploadId}`;
      const response = await fetch(target, { method: "PUT", body: half });
      parts.push(
        `<Part><PartNumber>${index + 1}</PartNumber><ETag>${response.headers.get("etag")}</ETag></Part>`,
      );
    }
    const list = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    return (await fetch(`${key}?uploadId=${uploadId}`, { method: "POST", body: list })).ok;
  };

  /** Reads a key and checks that it is one whole version, not older than the last acknowledged one. */
  async function checkVersion(url: string, acknowledged: readonly number[]): Promise<void> {
    const response = await fetch(url);
    if (response.status === 404) {
      expect(acknowledged).toEqual([]);
      return;
    }
    const text = await response.text();
    const n = text.length - SIZE;
    expect(text === version(n)).toBe(true);
    expect(n).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? 0);
  }

  test("at any moment of PUT, append and Complete: no torn data, and no acknowledged write is lost", async () => {
    const data = join(emulators.directory, "killed");
    const history: Record<string, number[]> = { put: [], multipart: [] };
    let appended = 0;
    for (let round = 0; round < 8; round++) {
      const { url, kill } = await emulators.start(data);
      const from = (round + 1) * VERSIONS;
      // The kill comes a varying time after the first acknowledgement of one of the three writers.
      const acknowledged: (() => void)[] = [];
      const first = Array.from(
        { length: 3 },
        () => new Promise<void>((resolve) => acknowledged.push(resolve)),
      );
      const writing = [putVersion, completeVersion, appendVersion].map((version, index) =>
        writeUntilGone(version(url), from, acknowledged[index]),
      );
      await first[round % 3];
      await new Promise((resolve) => setTimeout(resolve, (round * 37) % 100));
      const gone = kill();
      const [put = [], multipart = [], append = []] = await Promise.all(writing);
      history.put?.push(...put);
      history.multipart?.push(...multipart);
      appended += append.length;

      await gone;
      const again = await emulators.start(data);
      await checkVersion(`${again.url}/put`, history.put ?? []);
      await checkVersion(`${again.url}/multipart`, history.multipart ?? []);
      const log = await (await fetch(`${again.url}/append`)).text();
      // An append that took effect but was not acknowledged may be there; half of one may not.
      if (appended > 0) {
        expect(log.length % 1000).toBe(0);
        expect(log).toMatch(/^(?:([a-z])\1{999})+$/);
        expect(log.length / 1000).toBeGreaterThanOrEqual(appended);
        appended = log.length / 1000;
      }
      await checkNothingLeftOver(data, again.url);
      await again.kill();
    }
    expect(history.put?.length).toBeGreaterThan(0);
    expect(history.multipart?.length).toBeGreaterThan(0);
    expect(appended).toBeGreaterThan(0);
  }, 240_000);

  /** After a start there is no temporary file, and every data file belongs to an object or to an open upload. */
  async function checkNothingLeftOver(data: string, url: string): Promise<void> {
    const all = await readdir(data, { recursive: true });
    expect(all.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    // After the aborts, every data file must belong to an object.
    const listed = await (await fetch(`${url}?uploads`)).text();
    for (const uploadId of textsIn(listed, "UploadId")) {
      expect((await fetch(`${url}/multipart?uploadId=${uploadId}`, { method: "DELETE" })).status).toBe(204);
    }
    const log = await (await fetch(`${url}/append`)).text();
    const files = (await readdir(join(data, "data"))).length;
    const objects = textsIn(await (await fetch(url)).text(), "Key");
    const expected = objects.reduce(
      (sum, key) => sum + ({ put: 1, multipart: 2 }[key] ?? log.length / 1000),
      0,
    );
    expect(files).toBe(expected);
  }
});
