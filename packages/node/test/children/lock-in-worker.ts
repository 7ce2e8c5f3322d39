import { once } from "node:events";
import { createInterface } from "node:readline";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fileCheckpoints } from "../../src/checkpoints/file-checkpoints.ts";

// A worker thread takes a lock. Each line then says what to do: "terminate" ends it, "take" tries the lock in the main
// thread.
const [directory = "", id = ""] = isMainThread ? process.argv.slice(2) : (workerData as string[]);
const take = async (): Promise<string> =>
  (await fileCheckpoints(directory).lock(id)) === undefined ? "taken" : "held";

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: [directory, id] });
  const [outcome] = await once(worker, "message");
  process.stdout.write(`worker: ${outcome}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const said = line === "take" ? await take() : `exit ${await worker.terminate()}`;
    process.stdout.write(`${said}\n`);
  }
} else {
  parentPort?.postMessage(await take());
  setInterval(() => {}, 1_000);
}
