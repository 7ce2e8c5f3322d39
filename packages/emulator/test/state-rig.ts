import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type RunningEmulator, type StartOptions, startEmulator } from "../src/index.ts";
import { textsIn } from "./requests.ts";

export const BUCKET = "demo-1250000000";
export const MiB = 1024 * 1024;

let made = "";
const running: RunningEmulator[] = [];

/** A folder for the tests of the calling file; the emulators of a test are closed at its end. */
export function useEmulators(): void {
  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), "cos-emulator-"));
  });
  afterAll(() => rm(made, { recursive: true, force: true }));
  afterEach(async () => {
    for (const emulator of running.splice(0)) await emulator.close();
  });
}

/** The two media; each test has an emulator, and on disk a directory, of its own. */
export const media: [string, () => Promise<StartOptions>][] = [
  ["in memory", async () => ({})],
  ["in a directory", async () => ({ data: await mkdtemp(join(made, "data-")) })],
];

export async function start(options: StartOptions): Promise<RunningEmulator> {
  const emulator = await startEmulator({ anonymous: true, minPartSize: 1, ...options });
  running.push(emulator);
  return emulator;
}

export const at = (emulator: RunningEmulator, target: string): string =>
  `${emulator.url}/${BUCKET}/${target}`;

export async function put(emulator: RunningEmulator, key: string, body: string | Uint8Array): Promise<void> {
  const { status } = await fetch(at(emulator, key), { method: "PUT", body: body as string });
  expect(status).toBe(200);
}

export async function get(emulator: RunningEmulator, key: string): Promise<string | number> {
  const response = await fetch(at(emulator, key));
  return response.ok ? response.text() : response.status;
}

export async function keys(emulator: RunningEmulator): Promise<string[]> {
  return textsIn(await (await fetch(at(emulator, ""))).text(), "Key");
}

export async function upload(
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

/** The folder of this test file, deleted at its end. */
export function folder(): string {
  return made;
}

/** Closes an emulator at the end of the test. */
export function closeLater(emulator: RunningEmulator): void {
  running.push(emulator);
}
