// Resumes an upload whose parts are all stored: every part is read and compared by MD5, none is sent.
import { createCos } from "../../packages/node/dist/index.js";
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
const cos = createCos({ Endpoint: origin, SecretId, SecretKey });

await measured(async () => {
  const { size, partsSent, partsResumed } = await cos.uploadFile({
    Bucket,
    Key: key,
    LocalFilePath: path,
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
    // Without a checkpoint, the CRC64 of the parts is unknown, so parts are compared by the MD5 in their ETag.
    resume: "server",
  });
  return { bytes: size, partsSent, partsResumed };
});
