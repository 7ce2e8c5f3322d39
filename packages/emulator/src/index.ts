import { createEmulator } from "./emulator.ts";
import { listen } from "./node-server.ts";
import type { EmulatorOptions } from "./options.ts";

export type { Call } from "./call.ts";
export { createEmulator, type Emulator } from "./emulator.ts";
export type { EmulatorRequest, EmulatorResponse } from "./message.ts";
export { HangUp, type Middleware, type Next } from "./middleware.ts";
export type { OperationName } from "./operation.ts";
export type { EmulatorCredentials, EmulatorOptions } from "./options.ts";

/** A running emulator. */
export interface RunningEmulator {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a local COS.
 *
 * @example
 * const cos = await startEmulator({
 *   data: "./cos-data",
 *   buckets: ["test-1250000000"],
 *   credentials: [{ secretId: "id", secretKey: "key" }],
 * });
 * // an official client: new COS({ SecretId: "id", SecretKey: "key", Protocol: "http:", Ip: `127.0.0.1:${cos.port}` })
 * await cos.close();
 */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const host = options.host ?? "127.0.0.1";
  const emulator = createEmulator(options);
  await emulator.ready();
  const { port, close } = await listen(emulator, options.port ?? 0, host);
  return { url: `http://${host}:${port}`, port, close };
}
