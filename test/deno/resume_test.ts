import { fileCheckpoints } from "@cosup/deno";
import {
  assert,
  assertStored,
  Bucket,
  childCommand,
  client,
  EMULATOR,
  HOST,
  MiB,
  noiseFile,
  requestsOf,
  runChild,
  runNode,
  temporaryDirectory,
  test,
  until,
} from "./rig.ts";

/** Parts that the one checkpoint in a directory names. */
async function acknowledged(directory: string): Promise<number> {
  for await (const { name } of Deno.readDir(directory)) {
    if (name.endsWith(".json"))
      return JSON.parse(await Deno.readTextFile(`${directory}/${name}`)).parts.length;
  }
  return 0;
}

async function partsSentFor(key: string): Promise<number> {
  return (await requestsOf(key)).filter((operation) => operation === "UploadPart").length;
}

test("an upload killed by SIGKILL resumes in another process and sends only the missing parts", async () => {
  await using directory = await temporaryDirectory();
  const [path, checkpoints, key] = [`${directory.path}/a.bin`, `${directory.path}/state`, "stuck/killed"];
  const bytes = await noiseFile(path, 40 * MiB);
  await Deno.mkdir(checkpoints);
  const flags = [`--allow-net=${HOST}`, `--allow-read=${directory.path}`, `--allow-write=${checkpoints}`];
  const job = { action: "upload", key, path, checkpoints };
  const first = childCommand(flags, job).spawn();
  // Twenty are stored, and five get no response.
  await until(async () => ((await partsSentFor(key)) === 25 ? true : undefined));
  await until(async () => ((await acknowledged(checkpoints)) >= 10 ? true : undefined));
  first.kill("SIGKILL");
  await first.output();
  const kept = await acknowledged(checkpoints);
  const before = await partsSentFor(key);
  const { result, stderr } = await runChild(flags, job);
  assert.equal(Number(result.partsSent) + Number(result.partsResumed), 40, stderr);
  assert.ok(Number(result.partsResumed) >= kept, `${result.partsResumed} of ${kept} resumed`);
  assert.equal((await partsSentFor(key)) - before, result.partsSent);
  await using cos = client();
  await assertStored(cos, key, bytes);
  assert.equal((await cos.headObject({ Bucket, Key: key })).crc64, result.crc64);
  assert.equal(
    (await requestsOf(key)).filter((operation) => operation === "CompleteMultipartUpload").length,
    1,
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(checkpoints)), []);
});

test("an aborted upload resumes in the same process", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/a.bin`;
  const bytes = await noiseFile(path, 25 * MiB);
  const checkpoints = fileCheckpoints(`${directory.path}/state`);
  const controller = new AbortController();
  const call = { Bucket, Key: "slow/paused", LocalFilePath: path, checkpoints };
  const paused = cos.uploadFile({
    ...call,
    signal: controller.signal,
    onProgress: (consumed) => consumed > 8 * MiB && controller.abort(),
  });
  await assert.rejects(paused, { name: "AbortError" });
  const { partsSent, partsResumed } = await cos.uploadFile(call);
  assert.equal(partsSent + partsResumed, 25);
  assert.ok(partsResumed >= 8);
  await assertStored(cos, "slow/paused", bytes);
});

test("a changed file does not resume from its old parts", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const path = `${directory.path}/a.bin`;
  await noiseFile(path, 22 * MiB);
  const checkpoints = fileCheckpoints(`${directory.path}/state`);
  const controller = new AbortController();
  const call = { Bucket, Key: "slow/changed", LocalFilePath: path, checkpoints };
  const onProgress = (consumed: number): void => {
    if (consumed > 6 * MiB) controller.abort();
  };
  await assert.rejects(cos.uploadFile({ ...call, signal: controller.signal, onProgress }));
  const bytes = await noiseFile(path, 22 * MiB, 2);
  const { partsResumed } = await cos.uploadFile(call);
  assert.equal(partsResumed, 0);
  await assertStored(cos, "slow/changed", bytes);
});

const NODE_UPLOAD = `
  import { createCos, fileCheckpoints } from "@cosup/node";
  const [endpoint, Key, LocalFilePath, directory, limit] = process.argv.slice(1);
  const cos = createCos({ Endpoint: endpoint, SecretId: "id", SecretKey: "key" });
  const controller = new AbortController();
  const result = await cos.uploadFile({
    Bucket: "${Bucket}", Key, LocalFilePath, checkpoints: fileCheckpoints(directory), signal: controller.signal,
    onProgress: (consumed) => { if (consumed >= Number(limit)) controller.abort(); },
  }).catch((error) => ({ error: error.name }));
  console.log(JSON.stringify({ error: result.error, sent: result.partsSent, resumed: result.partsResumed }));
  await cos.close();`;

test("Deno resumes an upload of Node", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const [path, state, key] = [`${directory.path}/a.bin`, `${directory.path}/state`, "slow/node-deno"];
  const bytes = await noiseFile(path, 24 * MiB);
  const begun = await runNode(NODE_UPLOAD, [EMULATOR, key, path, state, String(6 * MiB)]);
  assert.equal(begun.result.error, "AbortError", begun.stderr);
  const upload = { Bucket, Key: key, LocalFilePath: path, checkpoints: fileCheckpoints(state) };
  const { partsSent, partsResumed } = await cos.uploadFile({ ...upload, resume: "require" });
  assert.equal(partsSent + partsResumed, 24);
  assert.ok(partsResumed >= 6);
  await assertStored(cos, key, bytes);
});

test("Node resumes an upload of Deno", async () => {
  await using directory = await temporaryDirectory();
  await using cos = client();
  const [path, state, key] = [`${directory.path}/a.bin`, `${directory.path}/state`, "slow/deno-node"];
  const bytes = await noiseFile(path, 24 * MiB);
  const controller = new AbortController();
  const begun = cos.uploadFile({
    Bucket,
    Key: key,
    LocalFilePath: path,
    checkpoints: fileCheckpoints(state),
    signal: controller.signal,
    onProgress: (consumed) => consumed > 6 * MiB && controller.abort(),
  });
  await assert.rejects(begun, { name: "AbortError" });
  const { result, stderr } = await runNode(NODE_UPLOAD, [EMULATOR, key, path, state, "Infinity"]);
  assert.equal(Number(result.sent) + Number(result.resumed), 24, stderr);
  assert.ok(Number(result.resumed) >= 6);
  await assertStored(cos, key, bytes);
});
