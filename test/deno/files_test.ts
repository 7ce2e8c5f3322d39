import { createDenoRuntime } from "../../packages/deno/runtime.ts";
import {
  assert,
  assertStored,
  Bucket,
  client,
  MiB,
  noise,
  noiseFile,
  sameBytes,
  temporaryDirectory,
  test,
} from "./rig.ts";

const { open } = createDenoRuntime();

test("a file by its path goes up in one PUT", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const bytes = await noiseFile(`${directory.path}/a.bin`, 100_003);
  const { partsSent, size } = await cos.uploadFile({
    Bucket,
    Key: "files/one",
    LocalFilePath: `${directory.path}/a.bin`,
  });
  assert.deepEqual({ partsSent, size }, { partsSent: 1, size: 100_003 });
  await assertStored(cos, "files/one", bytes);
});

test("a large file goes up in parts, read by several loops at once", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const bytes = await noiseFile(`${directory.path}/big.bin`, 23 * MiB + 5);
  const { partsSent } = await cos.uploadFile({
    Bucket,
    Key: "files/parts",
    LocalFilePath: `${directory.path}/big.bin`,
  });
  assert.equal(partsSent, 24);
  await assertStored(cos, "files/parts", bytes);
});

test("a file: URL with escapes names its file", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const bytes = await noiseFile(`${directory.path}/zwölf % #1.bin`, 1000);
  const url = new URL(`file://${directory.path}/zw%C3%B6lf%20%25%20%231.bin`);
  await cos.uploadFile({ Bucket, Key: "files/url", LocalFilePath: url });
  await cos.putObject({ Bucket, Key: "files/url-body", Body: url });
  await assertStored(cos, "files/url", bytes);
  await assertStored(cos, "files/url-body", bytes);
});

test("a file: URL with a host or an escaped slash is refused", async () => {
  await using cos = client();
  for (const url of ["file://elsewhere/a", "file:///a%2Fb"]) {
    await assert.rejects(cos.uploadFile({ Bucket, Key: "k", LocalFilePath: new URL(url) }), {
      name: "TypeError",
      parameter: "LocalFilePath",
    });
  }
});

test("{ path } is a file, a bare string is content", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/p.bin`;
  const bytes = await noiseFile(path, 500);
  await cos.putObject({ Bucket, Key: "files/path", Body: { path } });
  await cos.putObject({ Bucket, Key: "files/text", Body: path });
  await assertStored(cos, "files/path", bytes);
  await assertStored(cos, "files/text", new TextEncoder().encode(path));
});

test("a relative path is taken from the working directory", async () => {
  await using directory = await temporaryDirectory();
  const before = Deno.cwd();
  await noiseFile(`${directory.path}/r.bin`, 64);
  Deno.chdir(directory.path);
  const source = await open({ path: "r.bin" }).finally(() => Deno.chdir(before));
  const bytes = await source?.read(0, 64, new Uint8Array(64));
  assert.ok(bytes !== undefined && sameBytes(bytes, noise(64)));
  await source?.close();
});

test("twenty loops read the right bytes at any offset", async () => {
  await using directory = await temporaryDirectory();
  const bytes = await noiseFile(`${directory.path}/many.bin`, 3 * MiB);
  const source = await open({ path: `${directory.path}/many.bin` });
  assert.ok(source !== undefined);
  await Promise.all(
    Array.from({ length: 20 }, async (_, loop) => {
      for (let round = 0; round < 10; round++) {
        const start = ((loop * 7919 + round * 104_729) * 31) % (2 * MiB);
        const end = start + 10_000 + loop;
        const read = await source.read(start, end, new Uint8Array(end - start));
        assert.ok(sameBytes(read, bytes.subarray(start, end)), `loop ${loop} at ${start}`);
      }
    }),
  );
  await source.close();
});

test("a read fills views of WASM memory, and stops at the end of the file", async () => {
  await using directory = await temporaryDirectory();
  const bytes = await noiseFile(`${directory.path}/end.bin`, 70_000);
  const source = await open({ path: `${directory.path}/end.bin` });
  const memory = new WebAssembly.Memory({ initial: 2 });
  const into = new Uint8Array(memory.buffer, 100, 20_000);
  const read = await source?.read(60_000, 80_000, into);
  assert.equal(read?.byteLength, 10_000);
  assert.equal(read?.byteOffset, 100);
  assert.ok(read !== undefined && sameBytes(read, bytes.subarray(60_000)));
  await source?.close();
});

test("the fingerprint is size and modification time, and survives a move", async () => {
  await using directory = await temporaryDirectory();
  await noiseFile(`${directory.path}/before`, 10);
  const before = await open({ path: `${directory.path}/before` });
  await Deno.rename(`${directory.path}/before`, `${directory.path}/after`);
  const after = await open({ path: `${directory.path}/after` });
  assert.match(before?.fingerprint ?? "", /^10:\d{13}$/);
  assert.equal(before?.fingerprint, after?.fingerprint);
  await Promise.all([before?.close(), after?.close()]);
});

test("an empty file is an empty object", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  await Deno.writeFile(`${directory.path}/empty`, new Uint8Array(0));
  const { size } = await cos.uploadFile({
    Bucket,
    Key: "files/empty",
    LocalFilePath: `${directory.path}/empty`,
  });
  assert.equal(size, 0);
});

test("a missing file is a SourceError that names it", async () => {
  await using cos = client();
  const missing = cos.uploadFile({ Bucket, Key: "k", LocalFilePath: "/nowhere/at/all.bin" });
  await assert.rejects(missing, {
    name: "SourceError",
    code: "source-unreadable",
    message: /^\/nowhere\/at\/all\.bin does not exist/,
  });
});

test("a path through a file is a SourceError with that reason", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  await noiseFile(`${directory.path}/file`, 10);
  const wrong = cos.uploadFile({ Bucket, Key: "k", LocalFilePath: `${directory.path}/file/below` });
  await assert.rejects(wrong, { code: "source-unreadable", message: /part of its path is not a directory/ });
});

test("a directory and a null character are TypeErrors", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const given = cos.uploadFile({ Bucket, Key: "k", LocalFilePath: directory.path });
  await assert.rejects(given, { name: "TypeError", message: /is a directory; .*uploadDirectory/ });
  const nulled = cos.uploadFile({ Bucket, Key: "k", LocalFilePath: "a\0b" });
  await assert.rejects(nulled, { name: "TypeError", message: /null/ });
});

test("a Deno.FsFile goes up from its beginning in parallel parts, and stays open", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const bytes = await noiseFile(`${directory.path}/fs.bin`, 22 * MiB);
  using file = await Deno.open(`${directory.path}/fs.bin`);
  await file.seek(12_345, Deno.SeekMode.Start);
  const { partsSent } = await cos.uploadFile({ Bucket, Key: "files/fsfile", Body: file });
  assert.equal(partsSent, 22);
  assert.equal((await file.stat()).size, 22 * MiB);
  await assertStored(cos, "files/fsfile", bytes);
});

test("a Deno.FsFile may be given to two uploads at once", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client({ memoryBudget: 4 * MiB });
  const bytes = await noiseFile(`${directory.path}/fs.bin`, 7 * MiB + 1);
  using file = await Deno.open(`${directory.path}/fs.bin`);
  const keys = ["files/shared-1", "files/shared-2"];
  await Promise.all(keys.map((Key) => cos.uploadFile({ Bucket, Key, Body: file, PartSize: 1 })));
  for (const Key of keys) await assertStored(cos, Key, bytes);
});

test("a Deno.FsFile that the program reads meanwhile is stored as it is, or the upload fails", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client({ memoryBudget: 4 * MiB });
  const Key = "files/read-meanwhile";
  const bytes = await noiseFile(`${directory.path}/fs.bin`, 7 * MiB + 1);
  using file = await Deno.open(`${directory.path}/fs.bin`);
  let ended = false;
  const upload = cos.uploadFile({ Bucket, Key, Body: file, PartSize: 1 }).finally(() => {
    ended = true;
  });
  const failure = upload.then(
    () => undefined,
    (error: unknown) => error,
  );
  const into = new Uint8Array(1000);
  while (!ended) await file.read(into);
  const error = await failure;
  if (error === undefined) await assertStored(cos, Key, bytes);
  else assert.match(String(error), /while it was being uploaded/);
});

test("a Deno.FsFile of a FIFO is given to one upload only", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/fifo`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const bytes = noise(300_000, 9);
  const writing = Deno.writeFile(path, bytes);
  using file = await Deno.open(path);
  const first = cos.uploadFile({ Bucket, Key: "files/once", Body: file });
  const second = cos.uploadFile({ Bucket, Key: "files/twice", Body: file });
  await assert.rejects(second, { name: "TypeError", message: /given to an upload before/ });
  await first;
  await writing;
  await assertStored(cos, "files/once", bytes);
});

test("a file's web stream goes up too", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const bytes = await noiseFile(`${directory.path}/stream.bin`, 21 * MiB);
  const file = await Deno.open(`${directory.path}/stream.bin`);
  await cos.uploadFile({ Bucket, Key: "files/stream", Body: file.readable });
  await assertStored(cos, "files/stream", bytes);
});

test("a FIFO is read as a stream", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/fifo`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const bytes = noise(300_000, 9);
  const writing = Deno.writeFile(path, bytes);
  const { size } = await cos.uploadFile({ Bucket, Key: "files/fifo", LocalFilePath: path });
  await writing;
  assert.equal(size, 300_000);
  await assertStored(cos, "files/fifo", bytes);
});

test(
  "a file of procfs, which claims to be empty, is read",
  async () => {
    await using cos = client();
    const { size } = await cos.uploadFile({ Bucket, Key: "files/proc", LocalFilePath: "/proc/version" });
    assert.ok(size > 10);
  },
  Deno.build.os !== "linux",
);

test(
  "a handle of procfs, whose file claims to be empty, is read from its beginning and stays open",
  async () => {
    await using cos = client();
    using file = await Deno.open("/proc/version");
    await file.read(new Uint8Array(5));
    const { size } = await cos.uploadFile({ Bucket, Key: "files/proc-handle", Body: file });
    const { Body } = await cos.getObject({ Bucket, Key: "files/proc-handle" });
    assert.match(await new Response(Body).text(), /^Linux version /);
    assert.ok(size > 10);
    assert.ok((await file.stat()).isFile);
  },
  Deno.build.os !== "linux",
);
