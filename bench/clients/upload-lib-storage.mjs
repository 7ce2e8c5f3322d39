// The multipart upload of the AWS SDK, which computes a CRC32 of every part.
import { createReadStream, statSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { Bucket, Region, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
const client = new S3Client({
  endpoint: origin,
  region: Region,
  forcePathStyle: true,
  credentials: { accessKeyId: SecretId, secretAccessKey: SecretKey },
});

await measured(async () => {
  const params = { Bucket, Key: key, Body: createReadStream(path, { highWaterMark: 1024 ** 2 }) };
  await new Upload({ client, params, partSize, queueSize: concurrency }).done();
  return { bytes: statSync(path).size };
});
