import { assert, HOST, MiB, noiseFile, runChild, temporaryDirectory, test } from "./rig.ts";

const NET = `--allow-net=${HOST}`;

test("a file goes up with --allow-net=HOST and --allow-read=PATH alone", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/a.bin`;
  await noiseFile(path, 21 * MiB);
  const { result, stderr } = await runChild([NET, `--allow-read=${path}`], {
    action: "upload",
    key: "permissions/file",
    path,
  });
  assert.equal(result.partsSent, 21, stderr);
});

test("a folder goes up with --allow-net=HOST and --allow-read=FOLDER alone", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/sub`);
  await noiseFile(`${directory.path}/a.bin`, 10);
  await noiseFile(`${directory.path}/sub/b.bin`, 10);
  const { result, stderr } = await runChild([NET, `--allow-read=${directory.path}`], {
    action: "folder",
    key: "permissions/folder/",
    path: directory.path,
  });
  const { warnings, ...counts } = result;
  assert.deepEqual(counts, { uploaded: 2, failed: 0 }, stderr);
  // With only these permissions, the real path of an open file cannot be read.
  const expected = Deno.build.os === "linux" ? ["limited-path-checks"] : [];
  assert.deepEqual(
    (warnings as string[]).map((text) => text.slice(0, text.indexOf(":"))),
    expected,
  );
});

test("a folder that goes up with --allow-all gives no warning", async () => {
  await using directory = await temporaryDirectory();
  await noiseFile(`${directory.path}/a.bin`, 10);
  const job = { action: "folder", key: "permissions/all/", path: directory.path };
  const { result, stderr } = await runChild(["--allow-all"], job);
  assert.deepEqual(result, { uploaded: 1, failed: 0, warnings: [] }, stderr);
});

test("checkpoints need --allow-read and --allow-write of their directory, and nothing more", async () => {
  await using directory = await temporaryDirectory();
  const [path, checkpoints] = [`${directory.path}/a.bin`, `${directory.path}/state`];
  await noiseFile(path, 21 * MiB);
  const { result, stderr } = await runChild(
    [NET, `--allow-read=${path},${checkpoints}`, `--allow-write=${checkpoints}`],
    { action: "upload", key: "permissions/checkpoints", path, checkpoints },
  );
  assert.equal(result.partsSent, 21, stderr);
  assert.deepEqual(result.warnings, []);
  // Nothing is left of a finished upload.
  assert.deepEqual(await Array.fromAsync(Deno.readDir(checkpoints)), []);
});

test("checkpoints: true keeps them in the state directory, which needs --allow-env", async () => {
  await using directory = await temporaryDirectory();
  const [path, state] = [`${directory.path}/a.bin`, `${directory.path}/state/cosup`];
  await noiseFile(path, 21 * MiB);
  const files = [NET, `--allow-read=${path},${state}`, `--allow-write=${state}`];
  const job = { action: "upload", key: "permissions/state", path, checkpoints: true };
  const env = { XDG_STATE_HOME: `${directory.path}/state`, HOME: "/nowhere" };
  const { result, stderr } = await runChild([...files, "--allow-env=XDG_STATE_HOME,HOME"], job, env);
  assert.equal(result.partsSent, 21, stderr);
  assert.deepEqual(result.warnings, []);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(state)), []);
  const without = await runChild(files, job, env);
  assert.equal(without.result.partsSent, 21, without.stderr);
  const [warning] = without.result.warnings as string[];
  assert.match(String(warning), /^checkpoint-degraded: .*--allow-env=XDG_STATE_HOME,HOME/);
});

test("without --allow-read, the error names the permission and the path", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/a.bin`;
  await noiseFile(path, 10);
  const { result } = await runChild([NET], { action: "upload", key: "permissions/no-read", path });
  assert.equal(result.error, "SourceError");
  assert.equal(result.code, "source-unreadable");
  assert.ok(String(result.message).endsWith(`--allow-read=${path}`), String(result.message));
});

test("without --allow-read for the folder, the error names the permission and the path", async () => {
  await using directory = await temporaryDirectory();
  const { result } = await runChild([NET], {
    action: "folder",
    key: "permissions/no-read/",
    path: directory.path,
  });
  assert.equal(result.error, "SourceError");
  assert.ok(String(result.message).endsWith(`--allow-read=${directory.path}`), String(result.message));
});

test("--allow-read of another path is not enough", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/a.bin`;
  await noiseFile(path, 10);
  const { result } = await runChild([NET, `--allow-read=${directory.path}/b.bin`], {
    action: "upload",
    key: "permissions/other",
    path,
  });
  assert.ok(String(result.message).includes(`--allow-read=${path}`));
});

test("without --allow-net, the error names the permission and the host, and nothing is retried", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/a.bin`;
  await noiseFile(path, 10);
  const { result } = await runChild([`--allow-read=${path}`], { action: "upload", key: "k", path });
  assert.equal(result.error, "TransportError");
  assert.equal(result.retryable, false);
  assert.ok(String(result.message).endsWith(NET), String(result.message));
  assert.equal(result.attempts, 1);
});

test("a host by its name needs --allow-net of that name alone, not of its address", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/a.bin`;
  await noiseFile(path, 10);
  const named = HOST.replace("127.0.0.1", "localhost");
  const job = { action: "upload", key: "permissions/named", path, endpoint: `http://${named}` };
  const granted = await runChild([`--allow-net=${named}`, `--allow-read=${path}`], job);
  assert.ok(granted.result.crc64 !== undefined, JSON.stringify(granted.result));
  const denied = await runChild([NET, `--allow-read=${path}`], job);
  assert.equal(denied.result.error, "TransportError");
  assert.equal(denied.result.retryable, false);
  assert.ok(String(denied.result.message).endsWith(`--allow-net=${named}`), String(denied.result.message));
});

test("without --allow-write, the upload runs without checkpoints and warns", async () => {
  await using directory = await temporaryDirectory();
  const [path, checkpoints] = [`${directory.path}/a.bin`, `${directory.path}/state`];
  await noiseFile(path, 21 * MiB);
  const { result } = await runChild([NET, `--allow-read=${directory.path}`], {
    action: "upload",
    key: "permissions/no-write",
    path,
    checkpoints,
  });
  assert.equal(result.partsSent, 21);
  const [warning, ...others] = result.warnings as string[];
  assert.equal(others.length, 0);
  assert.match(warning ?? "", /^checkpoint-degraded/);
  assert.ok(warning?.includes(`--allow-write=${checkpoints}`), warning);
});

test("checkpoints that may be written but not read say so too", async () => {
  await using directory = await temporaryDirectory();
  const [path, checkpoints] = [`${directory.path}/a.bin`, `${directory.path}/state`];
  await noiseFile(path, 21 * MiB);
  const { result } = await runChild([NET, `--allow-read=${path}`, `--allow-write=${checkpoints}`], {
    action: "upload",
    key: "permissions/write-only",
    path,
    checkpoints,
  });
  assert.equal(result.partsSent, 21);
  assert.ok(String(result.warnings).includes(`--allow-read=${checkpoints}`), String(result.warnings));
});

test("an upload from a FIFO that nobody writes to can be aborted", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/fifo`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const { result } = await runChild([NET, `--allow-read=${path}`], { action: "silent-fifo", key: "k", path });
  assert.equal(result.error, "TimeoutError");
});
