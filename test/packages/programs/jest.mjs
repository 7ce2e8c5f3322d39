// A test of a user, which starts an emulator and uploads to it. Jest's output does not have what tests print, so the
// name of the test is what is looked for.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@cosup/emulator";
import { createCos, ServiceError } from "@cosup/node";

const Bucket = "jest-1250000000";
const folder = mkdtempSync(join(tmpdir(), "cosup-jest-"));
let emulator;
let cos;

beforeAll(async () => {
  const credentials = [{ secretId: "id", secretKey: "key" }];
  emulator = await startEmulator({ data: join(folder, "data"), buckets: [Bucket], credentials });
  const Endpoint = `${emulator.url}/{Bucket}`;
  cos = createCos({ Region: "ap-guangzhou", SecretId: "id", SecretKey: "key", Endpoint });
});

afterAll(async () => {
  await cos?.close();
  await emulator?.close();
  rmSync(folder, { recursive: true });
});

test("a file, a buffer, a folder and an error", async () => {
  const path = join(folder, "a.txt");
  writeFileSync(path, "a text");
  expect(await cos.uploadFile({ Bucket, Key: "a", LocalFilePath: path })).toMatchObject({ size: 6 });
  expect(await cos.putObject({ Bucket, Key: "b", Body: Buffer.from("bytes") })).toMatchObject({ size: 5 });
  expect(await cos.putObject({ Bucket, Key: "c", Body: new Uint8Array(7) })).toMatchObject({ size: 7 });
  const directory = { Bucket, LocalDirectoryPath: folder, include: ["*.txt"] };
  expect(await cos.uploadDirectory(directory)).toMatchObject({ uploaded: 1, failed: 0 });
  await expect(cos.headObject({ Bucket, Key: "none" })).rejects.toBeInstanceOf(ServiceError);
  const { Body } = await cos.getObject({ Bucket, Key: "a" });
  const chunks = [];
  for await (const chunk of Body) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("a text");
  process.stdout.write("used\n");
});
