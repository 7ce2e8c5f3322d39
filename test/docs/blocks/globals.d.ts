import type { RunningEmulator, StartOptions } from "@cosup/emulator";
import type { NodeCosClient } from "@cosup/node";

// Names that the pages use without declaring them: those of the reader's own program.
declare global {
  const cos: NodeCosClient;
  const Region: string;
  const SecretId: string;
  const SecretKey: string;
  const Bucket: string;
  const Key: string;
  /** An emulator, and options to start another one. */
  const emulator: RunningEmulator;
  const options: StartOptions;
}
