// Goes on with an upload whose parts are all stored: every one is read and compared by MD5, none is sent.
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
    // Without a checkpoint of ours, which would know each part's CRC64, the MD5s in ETags are all there is.
    resume: "server",
  });
  return { bytes: size, partsSent, partsResumed };
});
