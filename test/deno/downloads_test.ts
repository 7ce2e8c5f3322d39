import { fileCheckpoints } from "@cosup/deno";
import { downloadFile, TargetError } from "@cosup/deno/download";
import { assert, Bucket, client, MiB, noise, sameBytes, temporaryDirectory, test } from "./rig.ts";

const SIZE = 3 * MiB + 4321;

test("a file is downloaded in ranges, by node:http and by fetch", async () => {
  await using directory = await temporaryDirectory();
  const bytes = noise(SIZE, 3);
  const http = Deno.createHttpClient({});
  for (const options of [{}, { client: http }]) {
    await using cos = client(options);
    const Key = `download-${"client" in options}`;
    await cos.putObject({ Bucket, Key, Body: bytes });
    const LocalFilePath = `${directory.path}/file.bin`;
    const seen: number[] = [];
    const result = await downloadFile(cos, {
      Bucket,
      Key,
      LocalFilePath,
      PartSize: 1,
      onProgress: (received) => void seen.push(received),
    });
    assert.deepEqual([result.size, result.verified, result.path], [SIZE, true, LocalFilePath]);
    assert.equal(seen.at(-1), SIZE);
    assert.ok(sameBytes(await Deno.readFile(LocalFilePath), bytes));
  }
  http.close();
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(directory.path))).map(({ name }) => name),
    ["file.bin"],
  );
});

test("an empty object is an empty file, and a file keeps its permissions", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  await cos.putObject({ Bucket, Key: "empty-download", Body: "" });
  const path = `${directory.path}/empty`;
  await Deno.writeTextFile(path, "old", { mode: 0o640 });
  await downloadFile(cos, { Bucket, Key: "empty-download", LocalFilePath: path });
  const { size, mode } = await Deno.stat(path);
  assert.deepEqual([size, (mode ?? 0) & 0o777], [0, 0o640]);
});

test("a download that is aborted goes on with what has arrived", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const bytes = noise(SIZE, 4);
  await cos.putObject({ Bucket, Key: "resumed-download", Body: bytes });
  const path = `${directory.path}/file.bin`;
  const controller = new AbortController();
  const parameters = {
    Bucket,
    Key: "resumed-download",
    LocalFilePath: path,
    PartSize: 1,
    MAXThread: 1,
    checkpoints: fileCheckpoints(`${directory.path}/state`),
  };
  const reason = new Error("enough");
  const onProgress = (received: number): void => {
    if (received > 1.5 * MiB) controller.abort(reason);
  };
  const aborted = downloadFile(cos, { ...parameters, onProgress, signal: controller.signal });
  assert.equal(await aborted.catch((error: unknown) => error), reason);
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  const { bytesResumed } = await downloadFile(cos, { ...parameters, resume: "require" });
  assert.ok(bytesResumed >= MiB);
  assert.ok(sameBytes(await Deno.readFile(path), bytes));
});

test("a path that cannot be written is a TargetError", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  await cos.putObject({ Bucket, Key: "refused-download", Body: "content" });
  const download = (LocalFilePath: string, overwrite = true): Promise<unknown> =>
    downloadFile(cos, { Bucket, Key: "refused-download", LocalFilePath, overwrite }).catch(
      (error: unknown) => error,
    );
  const file = `${directory.path}/there`;
  await Deno.writeTextFile(file, "old");
  for (const [error, code, pattern] of [
    [await download(directory.path), "target-unwritable", /is a directory/],
    [await download(`${directory.path}/missing/file`), "target-unwritable", /its folder does not exist/],
    [await download(file, false), "target-exists", /exists already/],
  ] as const) {
    assert.ok(error instanceof TargetError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, pattern);
  }
  assert.equal(await Deno.readTextFile(file), "old");
});
