import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos, NodeCosClient } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METHODS } from "../../packages/core/test/support/methods.ts";
import document from "./document.json" with { type: "json" };

type Row = readonly string[];
const map = readFileSync(new URL("../../docs/api-map.md", import.meta.url), "utf8");
const parameters = rowsBelow("## Parameters");
const fields = rowsBelow("## Response fields");

describe("docs/api-map.md", () => {
  it("maps every parameter of the document, and none that it does not have", () => {
    const inDocument = Object.entries(document.methods).flatMap(([method, item]) =>
      item.parameters.map((parameter) => `${method} ${parameter}`),
    );
    expect(parameters.map(([method, parameter]) => `${method} ${parameter}`)).toEqual(inDocument);
  });

  it("maps every response field of the document, and none that it does not have", () => {
    const inDocument = Object.entries(document.methods).flatMap(([method, item]) =>
      item.response.map((field) => `${method} ${field}`),
    );
    expect(fields.map(([method, field]) => `${method} ${field}`)).toEqual(inDocument);
  });

  it.each(parameters)("%s(%s) is %s(%s)", (_method, _parameter, method, parameter) => {
    expect(NodeCosClient.prototype).toHaveProperty(method);
    expect(Object.keys(METHODS.get(method)?.parameters ?? {})).toContain(parameter);
  });

  it.each(document.config)("createCos takes %s", (option) => {
    const options = {
      Region: "ap-guangzhou",
      SecretId: "id",
      SecretKey: "key",
      Token: "token",
      Scheme: "https",
    };
    expect(map).toContain(`createCos({ ${option} })`);
    expect(() => createCos({ ...options, Scheme: "https" })).not.toThrow();
    expect(() => createCos({ ...options, [option]: 1 } as never)).toThrow(option);
  });
});

describe("the response fields of docs/api-map.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "api-map-"));
  let emulator: RunningEmulator;
  let results: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    emulator = await startEmulator({
      data: join(folder, "data"),
      buckets: ["demo-1250000000"],
      credentials: [{ secretId: "id", secretKey: "key" }],
    });
    results = await callEverything(emulator.url, folder);
  });
  afterAll(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  it.each(fields)("%s: %s is %s", (method, _field, path) => {
    const [first = "", ...rest] = path.startsWith("headers.") ? ["headers", path.slice(8)] : path.split(".");
    const result = results[method] as Record<string, unknown>;
    expect(Object.keys(result)).toContain(first);
    for (const name of rest) {
      const holder = Array.isArray(result[first]) ? result[first][0] : result[first];
      // Not every response says the storage class (only one other than STANDARD), the version or the framing of the
      // body.
      const optional = ["x-cos-storage-class", "transfer-encoding", "content-type"].includes(name);
      if (!optional) expect(Object.keys(holder)).toContain(name);
    }
  });
});

/** The rows of the first table after a heading, without its own heading rows. */
function rowsBelow(heading: string): Row[] {
  const [, section = ""] = map.split(`\n${heading}\n`);
  const [body = ""] = section.split("\n## ");
  const lines = body.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** One call of each method of the document, by the document's name. */
async function callEverything(url: string, folder: string): Promise<Record<string, unknown>> {
  const cos = createCos({
    SecretId: "id",
    SecretKey: "key",
    Region: "ap-guangzhou",
    Endpoint: `${url}/{Bucket}`,
  });
  const Bucket = "demo-1250000000";
  const LocalFilePath = join(folder, "file.bin");
  writeFileSync(LocalFilePath, new Uint8Array(21 * 1024 * 1024));
  const results: Record<string, unknown> = {
    upload_file: await cos.uploadFile({ Bucket, Key: "large", LocalFilePath, PartSize: 8 }),
    put_object: await cos.putObject({ Bucket, Key: "small", Body: "hello" }),
    put_object_from_local_file: await cos.putObjectFromLocalFile({ Bucket, Key: "file", LocalFilePath }),
    append_object: await cos.appendObject({ Bucket, Key: "log", Position: 0, Data: "hello" }),
    head_object: await cos.headObject({ Bucket, Key: "small" }),
  };
  const created = await cos.createMultipartUpload({ Bucket, Key: "parts" });
  results.create_multipart_upload = created;
  const object = { Bucket, Key: "parts", UploadId: created.UploadId };
  const part = await cos.uploadPart({ ...object, PartNumber: 1, Body: new Uint8Array(1024 * 1024) });
  results.upload_part = part;
  const CopySource = { Bucket, Key: "small", Region: "ap-guangzhou" };
  const copied = await cos.uploadPartCopy({ ...object, PartNumber: 2, CopySource });
  results.upload_part_copy = copied;
  results.list_parts = await cos.listParts({ ...object, MaxParts: 1 });
  results.list_multipart_uploads = await cos.listMultipartUploads({ Bucket, MaxUploads: 1 });
  const Part = [part, copied].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
  results.complete_multipart_upload = await cos.completeMultipartUpload({
    ...object,
    MultipartUpload: { Part },
  });
  const given = await cos.createMultipartUpload({ Bucket, Key: "given-up" });
  await cos.abortMultipartUpload({ Bucket, Key: "given-up", UploadId: given.UploadId });
  await cos.close();
  return results;
}
