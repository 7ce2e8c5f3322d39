import { afterAll, beforeAll } from "vitest";
import type { Fault, FaultKind } from "../../src/index.ts";
import { type Ask, type Rig, startRig, textIn } from "../rig.ts";

/** An emulator for all tests of a file, with one object of ten bytes; set before the first of them. */
export let rig: Rig;

export function useRig(): void {
  beforeAll(async () => {
    rig = await startRig({ faults: true, minPartSize: 1 });
    await rig.ask({ method: "PUT", path: "/there", body: "0123456789" });
  });
  afterAll(() => rig.stop());
}

export const put = (path: string): Ask => ({ method: "PUT", path, body: "0123456789" });
export const READ: Ask = { method: "GET", path: "/there" };
export const HEAD: Ask = { method: "HEAD", path: "/there" };
export const COPY_OF_THERE = { "x-cos-copy-source": "test-1250000000.cos.ap-guangzhou.myqcloud.com/there" };

export const exists = async (path: string): Promise<boolean> =>
  (await rig.ask({ method: "HEAD", path })).status === 200;

/** An upload of one part, and the request that completes it. */
export async function completion(path: string): Promise<Ask> {
  const started = await rig.ask({ method: "POST", path, query: { uploads: "" } });
  const uploadId = textIn(started.text, "UploadId") ?? "";
  const part = await rig.ask({ method: "PUT", path, query: { uploadId, partNumber: "1" }, body: "part" });
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
  return { method: "POST", path, query: { uploadId }, body };
}

/** A fault in the response after the commit. */
export const shaped = (
  op: "GetObject" | "HeadObject" | "PutObject" | "CompleteMultipartUpload",
  fault: Fault | FaultKind,
) => ({ op, when: "after-commit-before-response", fault }) as const;
