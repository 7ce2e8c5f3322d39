import { fileCheckpoints } from "@cosup/deno";
import { assert, childCommand, runChild, runNode, temporaryDirectory, test } from "./rig.ts";

/** A process that takes a lock and keeps it until it is killed. */
async function holder(path: string): Promise<{ held: boolean; kill(): Promise<void> }> {
  const child = childCommand([`--allow-read=${path}`, `--allow-write=${path}`], {
    action: "hold",
    key: "ab",
    path,
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const { held } = JSON.parse(new TextDecoder().decode(value));
  return {
    held,
    kill: async () => {
      child.kill("SIGKILL");
      await child.status;
      await Promise.all([reader.cancel(), child.stderr.cancel()]);
    },
  };
}

/** A lock as @cosup/node writes it, last touched so long ago. */
async function nodeLock(path: string, silentMs: number): Promise<void> {
  const owner = {
    pid: 1,
    hostname: "elsewhere",
    startedAt: "",
    token: "0123456789abcdef",
    system: null,
    processStart: null,
  };
  await Deno.writeTextFile(`${path}/ab.lock`, JSON.stringify(owner));
  const touched = new Date(Date.now() - silentMs);
  await Deno.utime(`${path}/ab.lock`, touched, touched);
}

test("a lock excludes, and leaves no file when released", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  const lock = await store.lock("ab");
  assert.ok(lock !== undefined);
  assert.equal(await store.lock("ab"), undefined);
  const other = await store.lock("cd");
  await other?.release();
  await lock.release();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(directory.path)), []);
  const again = await store.lock("ab");
  assert.ok(again !== undefined);
  await again.release();
});

test("of many parallel calls, one gets the lock", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  const locks = await Promise.all(Array.from({ length: 16 }, () => store.lock("ab")));
  const taken = locks.filter((lock) => lock !== undefined);
  assert.equal(taken.length, 1);
  await taken[0]?.release();
});

test("a lock excludes other processes, and is free once its holder is killed", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  const first = await holder(directory.path);
  assert.ok(first.held);
  assert.equal(await store.lock("ab"), undefined);
  const second = await holder(directory.path);
  assert.equal(second.held, false);
  await second.kill();
  await first.kill();
  // At once: an abandoned lock is not waited for.
  const lock = await store.lock("ab");
  assert.ok(lock !== undefined);
  await lock.release();
});

test("of many calls that find an abandoned lock, one gets it", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  for (let round = 0; round < 3; round++) {
    const dead = await holder(directory.path);
    await dead.kill();
    const locks = await Promise.all(Array.from({ length: 8 }, () => store.lock("ab")));
    const taken = locks.filter((lock) => lock !== undefined);
    assert.equal(taken.length, 1);
    await taken[0]?.release();
  }
});

test("three processes that increment a counter under the lock lose no update", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.writeTextFile(`${path}/counter`, "0");
  const flags = [`--allow-read=${path}`, `--allow-write=${path}`];
  const job = { action: "count", key: "ab", path, rounds: 40 };
  const started = Date.now();
  const outcomes = await Promise.all([1, 2, 3].map(() => runChild(flags, job)));
  for (const { success, stderr } of outcomes) assert.ok(success, stderr);
  assert.equal(await Deno.readTextFile(`${path}/counter`), "120");
  // No call had to wait until a free lock counted as abandoned.
  assert.ok(Date.now() - started < 50_000);
});

test("a lock of Node's that shows signs of life is respected", async () => {
  await using directory = await temporaryDirectory();
  await nodeLock(directory.path, 30_000);
  assert.equal(await fileCheckpoints(directory.path).lock("ab"), undefined);
  const names = (await Array.fromAsync(Deno.readDir(directory.path))).map(({ name }) => name);
  assert.deepEqual(names, ["ab.lock"]);
});

test("an abandoned lock of Node's is taken over by one of many calls", async () => {
  await using directory = await temporaryDirectory();
  await nodeLock(directory.path, 120_000);
  const store = fileCheckpoints(directory.path);
  const locks = await Promise.all(Array.from({ length: 8 }, () => store.lock("ab")));
  const taken = locks.filter((lock) => lock !== undefined);
  assert.equal(taken.length, 1);
  await taken[0]?.release();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(directory.path)), []);
});

test("an empty lock file left by a crash is taken over after its timeout", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  await Deno.writeTextFile(`${directory.path}/ab.lock`, "");
  assert.equal(await store.lock("ab"), undefined);
  const touched = new Date(Date.now() - 120_000);
  await Deno.utime(`${directory.path}/ab.lock`, touched, touched);
  const lock = await store.lock("ab");
  assert.ok(lock !== undefined);
  await lock.release();
});

test("Node respects a lock of Deno's while it lives, and takes over an abandoned one", async () => {
  await using directory = await temporaryDirectory();
  const ask = `
    import { fileCheckpoints } from "@cosup/node";
    const lock = await fileCheckpoints(process.argv[1]).lock("ab");
    console.log(JSON.stringify({ held: lock !== undefined }));
    await lock?.release();`;
  const holding = await holder(directory.path);
  assert.deepEqual((await runNode(ask, [directory.path])).result, { held: false });
  await holding.kill();
  const touched = new Date(Date.now() - 120_000);
  await Deno.utime(`${directory.path}/ab.lock`, touched, touched);
  assert.deepEqual((await runNode(ask, [directory.path])).result, { held: true });
});

test("a lock is not written to what a link leads to, nor to a file of another name", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  const victim = `${path}/victim`;
  await Deno.writeTextFile(victim, "precious");
  const past = new Date(Date.now() - 600_000);
  await Deno.utime(victim, past, past);
  const store = fileCheckpoints(path);
  await Deno.symlink(victim, `${path}/ab.lock`);
  assert.equal(await store.lock("ab"), undefined);
  await Deno.link(victim, `${path}/cd.lock`);
  const lock = await store.lock("cd");
  assert.equal(await Deno.readTextFile(victim), "precious");
  await lock?.release();
  assert.equal(await Deno.readTextFile(victim), "precious");
});

test("the lock of a terminated worker is free", async () => {
  await using directory = await temporaryDirectory();
  const store = fileCheckpoints(directory.path);
  const worker = new Worker(new URL("lock_worker.ts", import.meta.url), { type: "module" });
  const held = new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(data)));
  worker.postMessage({ path: directory.path, id: "ab" });
  assert.equal(await held, true);
  assert.equal(await store.lock("ab"), undefined);
  worker.terminate();
  // The thread ends a moment later, and its files are closed then.
  let lock = await store.lock("ab");
  for (let wait = 0; lock === undefined && wait < 200; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    lock = await store.lock("ab");
  }
  assert.ok(lock !== undefined);
  await lock.release();
});
