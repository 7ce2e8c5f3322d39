// What a thread of `createCos({ threads })` runs.
import { parentPort, workerData } from "node:worker_threads";
import { wasmHex } from "@cosup/core/wasm-bytes";
import { ThreadJobs } from "./threads/thread-jobs.ts";

const { memoryBytes }: { readonly memoryBytes: number } = workerData;
const wasm = new WebAssembly.Module(Buffer.from(wasmHex, "hex"));
const jobs = new ThreadJobs({ wasm, takesResizable: true }, memoryBytes, (message) =>
  parentPort?.postMessage(message),
);
parentPort?.on("message", (message) => void jobs.take(message));
