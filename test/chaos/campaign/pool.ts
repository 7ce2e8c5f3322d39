import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Report, Task } from "./task.ts";

/** One more than there are cores, because a run waits for files for a third of its time. */
const PROCESSES = Math.min(8, availableParallelism()) + 1;

/** Hands tasks to processes as they become free. */
export async function inProcesses(tasks: readonly Task[], told: (report: Report) => void): Promise<void> {
  const queue = [...tasks];
  const children = Array.from({ length: Math.min(PROCESSES, tasks.length) }, startChild);
  try {
    await Promise.all(
      children.map(async (child) => {
        for (let task = queue.shift(); task !== undefined; task = queue.shift())
          told(await give(child, task));
      }),
    );
  } finally {
    for (const child of children) child.kill();
  }
}

function startChild(): ChildProcess {
  return fork(fileURLToPath(import.meta.url), ["child"], { execArgv: ["--enable-source-maps"] });
}

function give(child: ChildProcess, task: Task): Promise<Report> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`a process ended with ${code} at ${JSON.stringify(task)}`));
    child.once("exit", onExit);
    child.once("message", (report: Report) => {
      child.off("exit", onExit);
      resolve(report);
    });
    child.send(task);
  });
}
