import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@cosup/emulator";
import { createCos, isCosError, type NodeCosClient } from "@cosup/node";

export const Bucket = "examplebucket-1250000000";
const KEYS = { secretId: "AKIDintegrations", secretKey: "integrations-secret" };

/** The emulator, with the environment that the examples read. */
export interface IntegrationRig {
  readonly url: string;
  /** A client of the test's own. */
  readonly cos: NodeCosClient;
  /** Resolves with the next request of an operation that COS has responded to, begun now or later. */
  next(operation: string): Promise<unknown>;
  /** What the bucket has below `uploads/`: the keys of unfinished uploads. */
  unfinished(): Promise<string[]>;
  crc64Of(Key: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openIntegrationRig(): Promise<IntegrationRig> {
  const data = await mkdtemp(join(tmpdir(), "cosup-integrations-"));
  const requests = new EventEmitter();
  const { url, close } = await startEmulator({
    data,
    buckets: [Bucket],
    credentials: [KEYS],
    cors: true,
    log: (line) => requests.emit(/^2\d\d (\w+)/.exec(line)?.[1] ?? "other"),
  });
  const Endpoint = `${url}/{Bucket}`;
  Object.assign(process.env, {
    COS_REGION: "ap-guangzhou",
    COS_SECRET_ID: KEYS.secretId,
    COS_SECRET_KEY: KEYS.secretKey,
    COS_ENDPOINT: Endpoint,
    COS_BUCKET: Bucket,
  });
  const cos = createCos({
    Region: "ap-guangzhou",
    SecretId: KEYS.secretId,
    SecretKey: KEYS.secretKey,
    Endpoint,
  });
  return {
    url,
    cos,
    next: (operation) => once(requests, operation),
    unfinished: async () => {
      const { Upload } = await cos.listMultipartUploads({ Bucket });
      return Upload.map(({ Key }) => Key);
    },
    crc64Of: async (Key) => {
      try {
        return (await cos.headObject({ Bucket, Key })).crc64;
      } catch (error) {
        if (isCosError(error) && error.code === "not-found") return undefined;
        throw error;
      }
    },
    close: async () => {
      await cos.close();
      await close();
      await rm(data, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
