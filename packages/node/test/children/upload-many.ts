import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CosClient } from "@cosup/core";
import { fileCheckpoints } from "../../src/checkpoints/file-checkpoints.ts";
import { createNodeRuntime } from "../../src/runtime.ts";

// Uploads all files of a directory in parallel, far more than it may have open, with checkpoints, and prints the
// results.
const [directory = "", Endpoint = "", state = ""] = process.argv.slice(2);
const runtime = createNodeRuntime();
// A "MB" of 1 KiB: files of 30 KiB go up in parts.
const defaults = { ...runtime.defaults, partUnit: 1_024 };
const cos = new CosClient(Object.create(runtime, { defaults: { value: defaults } }), {
  Endpoint,
  Region: "ap-guangzhou",
  SecretId: "id",
  SecretKey: "key",
});
const checkpoints = fileCheckpoints(state);
const uploads = (await readdir(directory)).map((Key) =>
  cos.uploadFile({
    Bucket: "many-1250000000",
    Key,
    LocalFilePath: join(directory, Key),
    PartSize: 8,
    checkpoints,
    onWarning: ({ code }) => outcomes.set(code, (outcomes.get(code) ?? 0) + 1),
  }),
);
const outcomes = new Map<string, number>();
for (const settled of await Promise.allSettled(uploads)) {
  const { code, message } = settled.status === "rejected" ? settled.reason : { code: "stored", message: "" };
  if (message !== "" && !outcomes.has(code)) process.stderr.write(`${code}: ${message}\n`);
  outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
}
await cos.close();
process.stdout.write(`${JSON.stringify(Object.fromEntries(outcomes))}\n`);
