// Uses a dispatcher of another undici. Arguments: the undici module's path, an endpoint, a closed port's endpoint.
import { createHash } from "node:crypto";
import { createCos } from "@cosup/node";

const [path = "", endpoint = "", closed = ""] = process.argv.slice(2);
const undici = await import(path);
const dispatcher = new undici.Agent();
const options = { Region: "ap-guangzhou", SecretId: "AKIDtest", SecretKey: "secret", dispatcher };
const cos = createCos({ ...options, Endpoint: endpoint });
const bytes = new Uint8Array(3 * 1024 * 1024).map((_, at) => at * 31 + (at >> 11));
const md5 = (data) => createHash("md5").update(data).digest("hex");
const object = { Bucket: "b-1250000000", Key: "dispatched" };

const report = {};
report.put = (await cos.putObject({ ...object, Body: "small" })).size;
report.small = await new Response((await cos.getObject(object)).Body).text();
const { UploadId } = await cos.createMultipartUpload(object);
const { ETag } = await cos.uploadPart({ ...object, UploadId, PartNumber: 1, Body: bytes });
const MultipartUpload = { Part: [{ PartNumber: 1, ETag }] };
report.parts = (await cos.completeMultipartUpload({ ...object, UploadId, MultipartUpload })).Key;
report.head = (await cos.headObject(object)).ContentLength;

const read = createHash("md5");
for await (const chunk of (await cos.getObject(object)).Body) read.update(chunk);
report.whole = read.digest("hex") === md5(bytes);
const range = await cos.getObject({ ...object, Range: "bytes=1-3" });
report.range = Buffer.from(await new Response(range.Body).arrayBuffer()).equals(bytes.subarray(1, 4));

// A reader that stops early, and one whose signal aborts.
const { Body } = await cos.getObject(object);
for await (const _ of Body) break;
const controller = new AbortController();
const { Body: aborted } = await cos.getObject({ ...object, signal: controller.signal });
const reader = aborted.getReader();
await reader.read();
controller.abort(new Error("enough"));
report.aborted = await reader.read().then(
  () => "read on",
  (error) => error.message,
);
report.missing = await cos.getObject({ ...object, Key: "nothing" }).catch((error) => error.code);
report.refused = await createCos({ ...options, Endpoint: closed, maxAttempts: 1 })
  .getObject(object)
  .catch((error) => error.code);
await cos.close();
await dispatcher.close();
console.log(JSON.stringify(report));
