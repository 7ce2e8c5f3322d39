// Takes the lock that a message names, reports whether it has it, and keeps it.
/// <reference lib="deno.worker" />
import { fileCheckpoints } from "@cosup/deno";

interface Job {
  readonly path: string;
  readonly id: string;
}

self.addEventListener("message", async (event) => {
  const { path, id } = (event as MessageEvent<Job>).data;
  const lock = await fileCheckpoints(path).lock(id);
  (self as unknown as { postMessage(held: boolean): void }).postMessage(lock !== undefined);
});
