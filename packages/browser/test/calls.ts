// What the page of a test does with an object, so that each kind of response is read.
import { type BrowserCosOptions, createCos, type UploadWarning } from "../src/index.ts";
import type { UploadCall } from "./uploads.ts";

/** A file above it goes up in parts. */
const MEMORY = 2 * 1024 ** 2;

/** Makes each call that a page needs, and returns what it says, or its error. */
export async function callEach(
  { Endpoint, Bucket, Key }: UploadCall,
  keys: Partial<BrowserCosOptions>,
): Promise<Record<string, unknown>> {
  const warnings: string[] = [];
  const cos = createCos({
    Region: "ap-guangzhou",
    Endpoint,
    memoryBudget: MEMORY,
    ...keys,
  });
  const onWarning = ({ code }: UploadWarning): void => void warnings.push(code);
  const object = { Bucket, Key };
  const log = { Bucket, Key: `${Key}.log` };
  const hello = new TextEncoder().encode("hello");
  const Body = new Blob([new Uint8Array(MEMORY + 1)]);
  const calls = {
    put: () => cos.putObject({ ...object, Body: "hello", onWarning }).then(({ size }) => size),
    append: () =>
      cos.appendObject({ ...log, Position: 0, Data: hello }).then((done) => done.nextAppendPosition),
    again: () =>
      cos.appendObject({ ...log, Position: 5, Data: hello }).then((done) => done.nextAppendPosition),
    head: () => cos.headObject(log).then(({ ContentLength, ETag }) => [ContentLength, ETag !== ""]),
    missing: () => cos.headObject({ Bucket, Key: "missing" }),
    read: () => cos.getObject(object).then(({ Body }) => new Response(Body).text()),
    copy: () =>
      cos
        .copyObject({ ...object, Key: "copy", CopySource: { ...object, Region: "ap-guangzhou" } })
        .then(({ size }) => size),
    parts: () =>
      cos.uploadFile({ ...object, Body, PartSize: 1, onWarning }).then(({ partsSent }) => partsSent),
    remove: () => cos.deleteObject(object).then(({ requestId }) => requestId !== ""),
  };
  const results: Record<string, unknown> = { warnings };
  for (const [name, call] of Object.entries<() => Promise<unknown>>(calls))
    results[name] = await call().catch((error: Error & { code?: string }) => error.code ?? error.message);
  return results;
}
