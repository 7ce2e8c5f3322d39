import { downloadFile } from "../../packages/node/dist/download.js";
import { createCos } from "../../packages/node/dist/index.js";
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
const cos = createCos({ Endpoint: origin, SecretId, SecretKey });

await measured(async () => {
  const { size } = await downloadFile(cos, {
    Bucket,
    Key: key,
    LocalFilePath: path,
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
  });
  return { bytes: size };
});
