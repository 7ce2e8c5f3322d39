import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency, module } = readOptions();
const { createCos } = await import(module);
const cos = createCos({ Endpoint: origin, SecretId, SecretKey });

await measured(async () => {
  const { size } = await cos.uploadFile({
    Bucket,
    Key: key,
    LocalFilePath: path,
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
  });
  return { bytes: size };
});
