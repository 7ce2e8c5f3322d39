// What a thread of `createCos({ threads })` runs.
import { parentPort, workerData } from "node:worker_threads";
import { wasmHex } from "@cosup/core/wasm-bytes";
import { trust } from "./threads/authorities.ts";
import type { ThreadData } from "./threads/start-worker.ts";
import { ThreadJobs } from "./threads/thread-jobs.ts";

const { memoryBytes, authorities }: ThreadData = workerData;
trust(authorities);
const wasm = new WebAssembly.Module(Buffer.from(wasmHex, "hex"));
const jobs = new ThreadJobs({ wasm, takesResizable: true }, memoryBytes, (message) =>
  parentPort?.postMessage(message),
);
parentPort?.on("message", (message) => void jobs.take(message));
// From here on, an end is no failed start.
parentPort?.postMessage({ type: "begun" });
