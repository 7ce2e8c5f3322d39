import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { startEmulator } from "@cosup/emulator";
import * as node from "@cosup/node";
import { createCos, fileCheckpoints, type NodeCosClient, type NodeCosOptions } from "@cosup/node";
import { downloadFile } from "@cosup/node/download";
import { deleteObjects, listObjects, listObjectVersions } from "@cosup/node/objects";
import COS from "cos-nodejs-sdk-v5";
import type { Scope } from "./evaluate.ts";

export const PLACE = { Bucket: "examplebucket-1250000000", Region: "ap-guangzhou" };
const KEYS = { secretId: "AKIDmigration", secretKey: "migration-secret" };
const MiB = 1024 * 1024;

/** An emulator, files to upload, and clients that find the emulator under the names that a page uses. */
export interface MigrationRig {
  readonly cos: NodeCosClient;
  readonly official: COS;
  readonly s3: S3Client;
  /** The same classes and functions that a page imports, connected to the emulator. */
  readonly OfficialCOS: typeof COS;
  readonly EmulatorS3Client: typeof S3Client;
  readonly ours: Readonly<Record<string, unknown>>;
  /** What all code may use: names, content, a file, a folder for checkpoints. */
  readonly scope: Scope;
  close(): Promise<void>;
}

export async function openMigrationRig(): Promise<MigrationRig> {
  const folder = await mkdtemp(join(tmpdir(), "cosup-migration-"));
  const { url, port, close } = await startEmulator({
    data: join(folder, "data"),
    buckets: [PLACE.Bucket],
    credentials: [KEYS],
  });
  const FilePath = join(folder, "big.bin");
  // Above 20 MB, so that both SDKs upload it in parts.
  await writeFile(FilePath, Buffer.alloc(21 * MiB + 5, "cosup migration "));
  const env = { COS_SECRET_ID: KEYS.secretId, COS_SECRET_KEY: KEYS.secretKey };
  const connected = connect(url, port, folder);
  const cos = connected.createCos({
    Region: PLACE.Region,
    SecretId: KEYS.secretId,
    SecretKey: KEYS.secretKey,
  });
  await cos.putObject({ Bucket: PLACE.Bucket, Key: "source.bin", Body: "source" });
  return {
    cos,
    official: new connected.OfficialCOS({ SecretId: KEYS.secretId, SecretKey: KEYS.secretKey }),
    s3: new connected.EmulatorS3Client({
      region: PLACE.Region,
      credentials: { accessKeyId: KEYS.secretId, secretAccessKey: KEYS.secretKey },
    }),
    OfficialCOS: connected.OfficialCOS,
    EmulatorS3Client: connected.EmulatorS3Client,
    ours: { ...node, createCos: connected.createCos },
    scope: {
      ...PLACE,
      Body: "hello",
      FilePath,
      folder: join(folder, "checkpoints"),
      checkpoints: fileCheckpoints(join(folder, "checkpoints")),
      Target: join(folder, "down.bin"),
      ...{ createReadStream, deleteObjects, downloadFile, listObjects, listObjectVersions },
      process: { env },
    },
    close: async () => {
      await cos.close();
      await close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Clients as the pages make them, with the emulator's address added. */
function connect(url: string, port: number, folder: string) {
  return {
    createCos: (options: NodeCosOptions): NodeCosClient =>
      createCos({ ...options, Endpoint: `${url}/{Bucket}` }),
    OfficialCOS: class extends COS {
      constructor(options: COS.COSOptions) {
        super({ ...options, Protocol: "http:", Ip: `127.0.0.1:${port}`, ConfCwd: folder });
      }
    } as typeof COS,
    EmulatorS3Client: class extends S3Client {
      constructor(options: S3ClientConfig) {
        super({ ...options, endpoint: url, forcePathStyle: true });
      }
    } as typeof S3Client,
  };
}
