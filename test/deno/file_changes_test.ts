import { createDenoRuntime } from "../../packages/deno/runtime.ts";
import {
  assert,
  assertStored,
  Bucket,
  client,
  MiB,
  noiseFile,
  requestsOf,
  temporaryDirectory,
  test,
} from "./rig.ts";

const { open } = createDenoRuntime();

test("a file that grows during its upload is refused, and nothing is published", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/grows.bin`;
  await noiseFile(path, 21 * MiB);
  const upload = cos.uploadFile({
    Bucket,
    Key: "slow/grows",
    LocalFilePath: path,
    onProgress: () => Deno.writeFileSync(path, new Uint8Array(1), { append: true }),
  });
  await assert.rejects(upload, { name: "SourceError", code: "source-changed" });
  await assert.rejects(cos.headObject({ Bucket, Key: "slow/grows" }), { code: "not-found" });
  assert.ok((await requestsOf("slow/grows")).includes("AbortMultipartUpload"));
});

test("a file that another is renamed over during its upload is refused", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/swap.bin`;
  await noiseFile(path, 21 * MiB);
  await noiseFile(`${path}.new`, 21 * MiB, 2);
  const { mtime } = await Deno.stat(path);
  await Deno.utime(`${path}.new`, mtime ?? 0, mtime ?? 0);
  let swapped = false;
  const upload = cos.uploadFile({
    Bucket,
    Key: "slow/swap",
    LocalFilePath: path,
    onProgress: () => {
      if (!swapped) Deno.renameSync(`${path}.new`, path);
      swapped = true;
    },
  });
  await assert.rejects(upload, { name: "SourceError", code: "source-changed" });
});

/** Uploads a file that changes once its first bytes are acknowledged. */
async function uploadWhile(Key: string, change: (path: string) => void): Promise<unknown> {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/file.bin`;
  const bytes = await noiseFile(path, 21 * MiB);
  await Deno.utime(path, 1_700_000_000, 1_700_000_000);
  // Deno reports the change time in whole seconds: a change within the same second would not be detected.
  const written = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === written) await new Promise((resolve) => setTimeout(resolve, 20));
  let changed = false;
  const onProgress = (): void => {
    if (!changed) change(path);
    changed = true;
  };
  try {
    const result = await cos.uploadFile({ Bucket, Key, LocalFilePath: path, onProgress });
    await assertStored(cos, Key, bytes);
    return result;
  } catch (error) {
    return error;
  }
}

for (const [what, change] of Object.entries<(path: string) => void>({
  "gets a hard link": (path) => Deno.linkSync(path, `${path}.link`),
  "gets other rights": (path) => Deno.chmodSync(path, 0o600),
  "is renamed, and another begins under its name": (path) => {
    Deno.renameSync(path, `${path}.1`);
    Deno.writeTextFileSync(path, "a new log");
  },
})) {
  test(`a file that ${what} during its upload is uploaded completely`, async () => {
    const outcome = await uploadWhile(`slow/${what}`, change);
    assert.ok(!(outcome instanceof Error), String(outcome));
  });
}

test("a file that is edited during its upload, and its modification time put back, is refused", async () => {
  const outcome = await uploadWhile("slow/put-back", (path) => {
    using file = Deno.openSync(path, { read: true, write: true });
    file.writeSync(new TextEncoder().encode("edited"));
    Deno.utimeSync(path, 1_700_000_000, 1_700_000_000);
  });
  assert.equal((outcome as { code?: string }).code, "source-changed");
});

test("a handle is of the file that was asked for, or the read fails", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/late.bin`;
  await noiseFile(path, 1000);
  const source = await open({ path });
  await noiseFile(`${path}.new`, 1000, 2);
  await Deno.rename(`${path}.new`, path);
  await assert.rejects(async () => source?.read(0, 10, new Uint8Array(10)), { code: "source-changed" });
  await source?.close();
});
