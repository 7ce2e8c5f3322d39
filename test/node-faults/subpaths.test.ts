import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "@cosup/emulator";
import { expect, test } from "vitest";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const Bucket = "subpath-1250000000";
const credential = { secretId: "AKIDsubpath", secretKey: "secret-of-the-subpath" };

/** The built packages: `@cosup/node` has a copy of core in it, and its subpaths import `@cosup/core`. */
const PROGRAM = `
  import { ArgumentTypeError, createCos, ServiceError } from "@cosup/node";
  import { Readable } from "node:stream";
  import { pipeline } from "node:stream/promises";
  import { listObjects } from "@cosup/node/objects";
  import { getPresignedPost } from "@cosup/node/post";
  import { createUploadStream, createWriteStream } from "@cosup/node/streams";
  const [Endpoint, Bucket, SecretId, SecretKey] = process.argv.slice(1);
  const cos = createCos({ Endpoint, SecretId, SecretKey, proxy: false });
  await cos.putObject({ Bucket, Key: "a", Body: "content" });
  const written = createWriteStream(cos, { Bucket, Key: "b" });
  await pipeline(Readable.from(["some ", "text"]), written);
  const { writable, result } = createUploadStream(cos, { Bucket, Key: "c" });
  await new Blob(["text"]).stream().pipeTo(writable);
  const refused = createWriteStream(cos, { Bucket: "absent-1250000000", Key: "d" });
  const failed = await pipeline(Readable.from(["text"]), refused).catch((error) => error);
  const { url, fields } = await getPresignedPost(cos, { Bucket, Key: "e" });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob(["form"]));
  const posted = await fetch(url, { method: "POST", body: form });
  const { Contents } = await listObjects(cos, { Bucket });
  const absent = await listObjects(cos, { Bucket: "absent-1250000000" }).catch((error) => error);
  const wrong = await listObjects(cos, {}).catch((error) => error);
  await cos.close();
  const late = await listObjects(cos, { Bucket }).catch((error) => error);
  console.log(JSON.stringify({
    keys: Contents.map(({ Key, Size }) => Key + Size),
    sizes: [(await written.result).size, (await result).size],
    failed: failed instanceof ServiceError && failed.cosCode,
    posted: posted.status,
    absent: absent instanceof ServiceError && absent.code,
    wrong: wrong instanceof ArgumentTypeError && wrong.parameter,
    late: late.code,
  }));`;

test("the functions of the subpaths work with the client of the bundled adapter", async () => {
  const data = await mkdtemp(join(tmpdir(), "cosup-subpath-"));
  const emulator = await startEmulator({ data, buckets: [Bucket], credentials: [credential] });
  try {
    const given = [`${emulator.url}/{Bucket}`, Bucket, credential.secretId, credential.secretKey];
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", PROGRAM, ...given], {
      cwd: here,
    });
    expect(JSON.parse(stdout)).toEqual({
      keys: ["a7", "b9", "c4", "e4"],
      sizes: [9, 4],
      failed: "NoSuchBucket",
      posted: 204,
      absent: "not-found",
      wrong: "Bucket",
      late: "client-closed",
    });
  } finally {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
});
