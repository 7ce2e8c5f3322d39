import { pathToFileURL } from "node:url";
import type { Worker } from "node:worker_threads";
import { TransportError } from "@cosup/core";
import { errorCode } from "@cosup/core/runtime";
import { threadFile } from "../thread-file.ts";
import { THREAD_ENDED } from "../transport-error.ts";

/** What a thread is started with. */
export interface ThreadData {
  /** Of file blocks. */
  readonly memoryBytes: number;
  /** Certificate authorities to trust; undefined: those of every new thread. */
  readonly authorities: readonly string[] | undefined;
}

/** What another attempt may overcome: too little memory, or no free descriptor. */
const TRANSIENT = /^(EMFILE|ENFILE|ENOMEM|ERR_WORKER_OUT_OF_MEMORY|ERR_WORKER_INIT_FAILED)$/;

/**
 * Starts a thread.
 * @throws {TransportError} this process may have none
 */
export function startWorker(workerData: ThreadData): Worker {
  const file = threadFile();
  const url = file instanceof URL ? file : pathToFileURL(file);
  // Loaded here, because a program without threads need not.
  const threads = process.getBuiltinModule("node:worker_threads");
  try {
    // A text: a thread inherits --input-type of `node -e`, with which Node runs no file.
    const text = `import(${JSON.stringify(url.href)})`;
    return new threads.Worker(text, { eval: true, name: "cosup", workerData });
  } catch (error) {
    throw notStarted(error);
  }
}

/** The failure of a request whose thread has ended before it ran anything. @param code its exit code */
export function notStarted(failure: unknown, code?: number): Error {
  const reason = errorCode(failure);
  if (reason !== undefined && TRANSIENT.test(reason))
    return ended(`a thread cannot start now (${reason})`, failure);
  const why = failure instanceof Error ? failure.message : `it ended with code ${code}`;
  const error = new TransportError(`threads: a thread cannot start: ${why}`, "connect", failure, false);
  error.hint = hintFor(reason);
  return error;
}

/** The failure of a request whose thread has ended by itself. */
export function endOf(code: number, failure: unknown): Error {
  return ended(`a thread of the client ended with code ${code}`, failure);
}

function ended(message: string, cause: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: THREAD_ENDED });
}

function hintFor(reason: string | undefined): string {
  if (reason === "ERR_MODULE_NOT_FOUND" || reason === "MODULE_NOT_FOUND")
    return "a bundler has left its file out: keep @cosup/node external, or leave out the option `threads`";
  if (reason === "ERR_ACCESS_DENIED")
    return "start Node with --allow-worker, or leave out the option `threads`";
  return "leave out the option `threads`, or change what ends a thread as it starts: a file of --require or --import, for one";
}
