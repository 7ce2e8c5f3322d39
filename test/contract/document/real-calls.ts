import type { CosClient } from "@cosup/core";
import type { Runtime } from "@cosup/core/runtime";
import type { Rig } from "../contract.ts";
import { MB, noise, textBytes } from "../fixtures/bytes.ts";
import { virtualFile, withFiles, withMembers } from "../fixtures/runtimes.ts";

/** What a method returned, and the headers of its last response as they arrived. */
export interface RealCall {
  readonly result: unknown;
  readonly headers: ReadonlySet<string>;
}

/** One call of each method of the document, at the emulator, by the document's names. Made once for all cases. */
export function realCalls(rig: Rig): Promise<ReadonlyMap<string, RealCall>> {
  made ??= callEverything(rig);
  return made;
}

let made: Promise<ReadonlyMap<string, RealCall>> | undefined;

/** Calls methods, and keeps what they return. */
class Caller {
  readonly calls = new Map<string, RealCall>();
  #headers: ReadonlySet<string> = new Set();

  /** Notes the header names of each response. */
  readonly observe = (runtime: Runtime): Runtime =>
    withMembers(runtime, {
      send: async (request) => {
        const response = await runtime.send(request);
        const names = new Set<string>();
        response.headers.forEach((_value, name) => {
          names.add(name.toLowerCase());
        });
        this.#headers = names;
        return response;
      },
    });

  async call<R>(document: string, promise: Promise<R>): Promise<R> {
    const result = await promise;
    this.calls.set(document, { result, headers: this.#headers });
    return result;
  }
}

async function callEverything(rig: Rig): Promise<ReadonlyMap<string, RealCall>> {
  const caller = new Caller();
  const files = withFiles({
    "large.bin": virtualFile(noise(21 * MB)),
    "small.bin": virtualFile(textBytes("x")),
  });
  const cos = rig.createClient({}, (runtime) => files(caller.observe(runtime)));
  const { Bucket, Region } = rig;
  const prefix = `${rig.uniqueKey("document")}/`;
  await callSimple(caller, cos, { Bucket, prefix });
  await callMultipart(caller, cos, { Bucket, prefix, Region });
  return caller.calls;
}

async function callSimple(
  caller: Caller,
  cos: CosClient,
  { Bucket, prefix }: { readonly Bucket: string; readonly prefix: string },
): Promise<void> {
  const object = (name: string) => ({ Bucket, Key: `${prefix}${name}` });
  const large = { ...object("large"), LocalFilePath: "large.bin", PartSize: 8 };
  await caller.call("upload_file", cos.uploadFile(large));
  await caller.call("put_object", cos.putObject({ ...object("small"), Body: "hello" }));
  const file = { ...object("file"), LocalFilePath: "small.bin" };
  await caller.call("put_object_from_local_file", cos.putObjectFromLocalFile(file));
  await caller.call("append_object", cos.appendObject({ ...object("log"), Position: 0, Data: "hello" }));
}

/** After {@link callSimple}, whose object is copied. */
async function callMultipart(
  caller: Caller,
  cos: CosClient,
  { Bucket, prefix, Region }: { readonly Bucket: string; readonly prefix: string; readonly Region: string },
): Promise<void> {
  const object = (name: string) => ({ Bucket, Key: `${prefix}${name}` });
  const created = await caller.call("create_multipart_upload", cos.createMultipartUpload(object("parts")));
  const upload = { ...object("parts"), UploadId: created.UploadId };
  const body = { ...upload, PartNumber: 1, Body: noise(MB) };
  const one = await caller.call("upload_part", cos.uploadPart(body));
  const CopySource = { ...object("small"), Region };
  const copy = cos.uploadPartCopy({ ...upload, PartNumber: 2, CopySource });
  const two = await caller.call("upload_part_copy", copy);
  await caller.call("list_parts", cos.listParts({ ...upload, MaxParts: 1, EncodingType: "url" }));
  const others = [];
  // One upload, one common prefix, and one for another page.
  for (const name of ["parts/below", "zzz"]) {
    const { UploadId } = await cos.createMultipartUpload(object(name));
    others.push({ ...object(name), UploadId });
  }
  const page = { Bucket, Prefix: prefix, Delimiter: "/", MaxUploads: 2, EncodingType: "url" } as const;
  await caller.call("list_multipart_uploads", cos.listMultipartUploads(page));
  const Part = [one, two].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
  const complete = cos.completeMultipartUpload({ ...upload, MultipartUpload: { Part } });
  await caller.call("complete_multipart_upload", complete);
  for (const other of others) await cos.abortMultipartUpload(other);
}
