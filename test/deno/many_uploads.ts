// Uploads all files of a folder in parallel, far more than this process may have open, and prints the results.
import { CosClient } from "@cosup/core";
import { fileCheckpoints } from "@cosup/deno";
import { createDenoRuntime } from "../../packages/deno/runtime.ts";

const [path = "", Endpoint = ""] = Deno.args;
// Deno 2.9.6 opens the descriptors for its signals when it first needs them, and ends the process when there are none left.
const ignore = (): void => {};
Deno.addSignalListener("SIGUSR2", ignore);
Deno.removeSignalListener("SIGUSR2", ignore);
const runtime = createDenoRuntime();
// A "MB" of 1 KiB: files of 21 000 bytes go up in parts.
const defaults = { ...runtime.defaults, partUnit: 1_024 };
const cos = new CosClient(Object.create(runtime, { defaults: { value: defaults } }), {
  Endpoint,
  SecretId: "id",
  SecretKey: "key",
});
const checkpoints = fileCheckpoints(`${path}/state`);
const outcomes = new Map<string, number>();
const count = (code: string): void => void outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
const names = (await Array.fromAsync(Deno.readDir(`${path}/files`))).map(({ name }) => name);
const uploads = names.map((name) =>
  cos.uploadFile({
    Bucket: "test-1250000000",
    Key: `many/${name}`,
    LocalFilePath: `${path}/files/${name}`,
    PartSize: 8,
    checkpoints,
    onWarning: ({ code }) => count(code),
  }),
);
for (const settled of await Promise.allSettled(uploads)) {
  if (settled.status === "rejected") console.error(`${settled.reason.code}: ${settled.reason.message}`);
  count(settled.status === "rejected" ? settled.reason.code : "stored");
}
await cos.close();
console.log(JSON.stringify(Object.fromEntries(outcomes)));
