// Runs the job of a test, given as JSON, in a separate Deno process whose permissions are under test.
import { type Checkpoints, type CosError, createCos, fileCheckpoints } from "@cosup/deno";

interface Job {
  readonly endpoint: string;
  readonly action: "upload" | "folder" | "hold" | "count" | "silent-fifo" | "head";
  readonly key: string;
  readonly path: string;
  readonly checkpoints?: Exclude<Checkpoints, object>;
  readonly rounds?: number;
}

const job: Job = JSON.parse(Deno.args[0] ?? "{}");
const Bucket = "test-1250000000";

try {
  console.log(JSON.stringify(await run()));
} catch (error) {
  const { name, message, code, retryable, attempts } = error as CosError;
  console.log(JSON.stringify({ error: name, message, code, retryable, attempts }));
  // Not exitCode: Deno would wait for the open of a FIFO without a writer, which cannot be cancelled.
  Deno.exit(1);
}

async function run(): Promise<object> {
  if (job.action === "hold") return await hold();
  if (job.action === "count") return await count();
  if (job.action === "head") return await head();
  await using cos = createCos({ Endpoint: job.endpoint, SecretId: "id", SecretKey: "key" });
  const warnings: string[] = [];
  const common = {
    Bucket,
    checkpoints: job.checkpoints,
    onWarning: ({ code, message }: { code: string; message: string }): void => {
      warnings.push(`${code}: ${message}`);
    },
  };
  if (job.action === "folder") {
    const result = await cos.uploadDirectory({ ...common, LocalDirectoryPath: job.path, Prefix: job.key });
    return { uploaded: result.uploaded, failed: result.failed, warnings };
  }
  const signal = job.action === "silent-fifo" ? AbortSignal.timeout(300) : undefined;
  const { crc64, partsSent, partsResumed } = await cos.uploadFile({
    ...common,
    Key: job.key,
    LocalFilePath: job.path,
    signal,
  });
  return { crc64, partsSent, partsResumed, warnings };
}

/** Sends one request, and leaves the client open. */
async function head(): Promise<object> {
  const cos = createCos({ Endpoint: job.endpoint, SecretId: "id", SecretKey: "key", maxAttempts: 1 });
  const { ContentLength } = await cos.headObject({ Bucket, Key: job.key });
  return { ContentLength };
}

/** Takes a lock, reports it, and keeps it until the process ends. */
async function hold(): Promise<object> {
  const lock = await fileCheckpoints(job.path).lock(job.key);
  console.log(JSON.stringify({ held: lock !== undefined }));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  return {};
}

/** Adds to a number in a file under the lock; without it, additions of others would be lost. */
async function count(): Promise<object> {
  const store = fileCheckpoints(job.path);
  const file = `${job.path}/counter`;
  for (let done = 0; done < (job.rounds ?? 0); ) {
    const lock = await store.lock(job.key);
    if (lock === undefined) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      continue;
    }
    const value = Number(await Deno.readTextFile(file));
    await new Promise((resolve) => setTimeout(resolve, 1));
    await Deno.writeTextFile(file, String(value + 1));
    await lock.release();
    done += 1;
  }
  return {};
}
