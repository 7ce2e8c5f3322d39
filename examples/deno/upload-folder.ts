// deno run --allow-net --allow-read=FOLDER --allow-env examples/deno/upload-folder.ts FOLDER BUCKET
import { createCos } from "@cosup/deno";

const [LocalDirectoryPath = ".", Bucket = ""] = Deno.args;
const env = (name: string): string | undefined => Deno.env.get(name);
await using cos = createCos({
  Region: env("COS_REGION"),
  Endpoint: env("COS_ENDPOINT"),
  SecretId: env("COS_SECRET_ID"),
  SecretKey: env("COS_SECRET_KEY"),
});
const print = (line: string): number => Deno.stdout.writeSync(new TextEncoder().encode(line));
const { uploaded, failures } = await cos.uploadDirectory({
  Bucket,
  LocalDirectoryPath,
  onProgress: (consumed, total) => print(`\r${consumed} of ${total ?? "?"} bytes`),
});
print(`\n${uploaded} files are in ${Bucket}, ${failures.length} failed\n`);
for (const { relativePath, error } of failures) console.error(relativePath, error);
Deno.exitCode = failures.length === 0 ? 0 : 1;
