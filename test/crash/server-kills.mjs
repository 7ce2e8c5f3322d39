// Kills the emulator with SIGKILL while clients write, starts it again with the same data, and verifies that nothing that was
// acknowledged is lost, that nothing is torn, and that no file is left over.
//   node test/crash/server-kills.mjs [--times N] [--seed N] [--only put|complete|append|delete|version] [--fsync]
import { fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seeded } from "./seeded.mjs";
import { writers } from "./server-writers.mjs";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string", default: "" },
    fsync: { type: "boolean", default: false },
  },
});
const BUCKET = "demo-1250000000";
const CLIENTS = 4;
const ENABLED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const child = fileURLToPath(new URL("./server-kills-child.mjs", import.meta.url));
const random = seeded(Number(values.seed));
const times = Number(values.times);

console.log(`seed ${values.seed}, ${times} kills for each${values.fsync ? ", with fsync" : ""}`);
let failed = 0;
for (const [name, writer] of Object.entries(writers)) {
  if (values.only === "" || values.only === name) await killWhile(name, writer);
}
console.log(`server-kills: ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** @param {string} name @param {typeof writers.put} writer */
async function killWhile(name, writer) {
  const folder = mkdtempSync(join(tmpdir(), "cosup-server-kills-"));
  const data = join(folder, "data");
  const states = Array.from({ length: CLIENTS }, () => ({ done: undefined, begun: undefined }));
  const count = { acknowledged: 0, cutOff: 0, broken: 0, events: new EventEmitter() };
  let next = 1;
  let server = await start(data);
  try {
    if (name === "version") await fetch(`${server.url}?versioning`, { method: "PUT", body: ENABLED });
    for (let kill = 0; kill < times; kill += 1) {
      const running = states.map((state, index) =>
        act(writer, `${server.url}${name}-${index}`, state, count, () => next++),
      );
      const enough = count.acknowledged + Math.floor(random() * 12);
      while (count.acknowledged < enough) await once(count.events, "acknowledged");
      await delay(random() * 8);
      await server.kill();
      await Promise.all(running);
      count.cutOff += states.filter(({ begun }) => begun !== undefined).length;
      server = await start(data);
      count.broken += await verify(writer, name, server.url, data, states);
    }
    await server.kill();
  } finally {
    server.process.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
  failed += count.broken;
  console.log(
    `${name}: ${times} kills, ${count.acknowledged} acknowledged, ${count.cutOff} cut off, ${count.broken} lost or torn`,
  );
}

/** Writes until the server is gone. */
async function act(writer, key, state, count, nextNumber) {
  for (;;) {
    try {
      await writer.act(key, state, nextNumber());
    } catch (error) {
      // fetch() says that of a connection that is gone; anything else is a response that should not have come.
      if (!(error instanceof TypeError)) throw error;
      return;
    }
    state.begun = undefined;
    count.acknowledged += 1;
    count.events.emit("acknowledged");
  }
}

/** Returns how many keys are not as they must be. */
async function verify(writer, name, url, data, states) {
  let broken = 0;
  let files = 0;
  for (const [index, state] of states.entries()) {
    try {
      files += await writer.verify(`${url}${name}-${index}`, state);
    } catch (error) {
      broken += 1;
      console.log(`FAILED: ${error instanceof Error ? error.message : error}`);
    }
    state.begun = undefined;
  }
  const found = readdirSync(join(data, "data")).length;
  if (broken === 0 && found !== files) {
    broken += 1;
    console.log(`FAILED: ${name} has ${found} files for ${files} bodies and parts`);
  }
  return broken;
}

/** @param {string} data */
async function start(data) {
  const process = fork(child, [data, BUCKET], {
    env: { ...globalThis.process.env, COSUP_FSYNC: values.fsync ? "1" : "0" },
  });
  const gone = once(process, "exit");
  const [{ port }] = await Promise.race([
    once(process, "message"),
    gone.then(([code]) => Promise.reject(new Error(`the emulator ended with ${code}`))),
  ]);
  return {
    process,
    url: `http://127.0.0.1:${port}/${BUCKET}/`,
    async kill() {
      process.kill("SIGKILL");
      await gone;
    },
  };
}
