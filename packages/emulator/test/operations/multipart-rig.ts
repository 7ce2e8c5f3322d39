import { afterAll, beforeAll, expect } from "vitest";
import { md5, type Rig, startRig, textIn } from "../rig.ts";

export const MiB = 1024 * 1024;

/** An emulator for all tests of a file; set before the first of them. */
export let rig: Rig;

export function useRig(): void {
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.stop());
}

export async function initiate(path: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await rig.ask({ method: "POST", path, query: { uploads: "" }, headers });
  expect(response.status).toBe(200);
  return textIn(response.text, "UploadId") ?? "";
}

export const part = (
  path: string,
  uploadId: string,
  partNumber: number | string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
) => rig.ask({ method: "PUT", path, query: { partNumber: String(partNumber), uploadId }, body, headers });

export const list = (path: string, uploadId: string, query: Record<string, string> = {}) =>
  rig.ask({ method: "GET", path, query: { uploadId, ...query } });

export function completeBody(parts: readonly (readonly [number, string])[]): string {
  const listed = parts.map(([n, etag]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag></Part>`);
  return `<CompleteMultipartUpload>${listed.join("")}</CompleteMultipartUpload>`;
}

export const complete = (
  path: string,
  uploadId: string,
  body: string,
  headers: Record<string, string> = {},
) => rig.ask({ method: "POST", path, query: { uploadId }, body, headers });

export const quoted = (body: string | Uint8Array) => `"${md5(body)}"`;
