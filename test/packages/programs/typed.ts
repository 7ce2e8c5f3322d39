import type { Runtime } from "@cosup/core/runtime";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import {
  type CosOptions,
  createCos,
  isCosError,
  type NodeCosClient,
  type UploadDirectoryResult,
  type UploadResult,
} from "@cosup/node";

const options: CosOptions = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" };
const cos: NodeCosClient = createCos({ ...options, proxy: false });

export async function upload(path: string): Promise<string> {
  const result: UploadResult = await cos.uploadFile({
    Bucket: "b-1250000000",
    Key: "k",
    LocalFilePath: path,
  });
  const folder: UploadDirectoryResult = await cos.uploadDirectory({
    Bucket: "b-1250000000",
    LocalDirectoryPath: ".",
  });
  return `${result.crc64} ${folder.uploaded}`;
}

export const codeOf = (error: unknown): string => (isCosError(error) ? error.code : "");
export const nameOf = (runtime: Runtime): string => runtime.name;
export const start = (data: string): Promise<RunningEmulator> =>
  startEmulator({ data, buckets: ["b-1250000000"], credentials: [{ secretId: "id", secretKey: "key" }] });

// @ts-expect-error: a client needs a key; the types are there, and are not `any`
createCos({ Region: "ap-guangzhou", SecretId: 1 });
