import { afterEach } from "vitest";
import { type RunningEmulator, type StartOptions, startEmulator } from "../../src/index.ts";

export const BUCKET = "demo-1250000000";
const running: RunningEmulator[] = [];

/** Closes the emulators of each test when it has ended. */
export function closeEmulators(): void {
  afterEach(async () => {
    for (const emulator of running.splice(0)) await emulator.close();
  });
}

export async function start(options: StartOptions = {}): Promise<RunningEmulator> {
  const emulator = await startEmulator({
    anonymous: true,
    minPartSize: 1,
    sleep: async () => {},
    ...options,
  });
  running.push(emulator);
  return emulator;
}

export const at = (emulator: RunningEmulator, path: string): string => `${emulator.url}/${BUCKET}/${path}`;

/** Sends a request, and returns its status; undefined: there was no response. */
export async function status(
  emulator: RunningEmulator,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  const response = await fetch(at(emulator, path), {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  }).catch(() => {});
  await response?.arrayBuffer().catch(() => {});
  return response?.status;
}
