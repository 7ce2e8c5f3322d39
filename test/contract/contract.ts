import type { Clock, CosClient, CosOptions, Runtime } from "@cosup/core";
import type { Assert } from "./assert.ts";

/** One promise of the SDK, checked the same way in every runtime. No test runner is involved. */
export interface ContractCase {
  readonly name: string;
  run(t: Assert, world: World): Promise<void>;
}

/** Keys that the emulator knows. */
export interface KeyPair {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string | undefined;
}

/** What the emulator was started with; plain JSON, so that it reaches any runtime. */
export interface Settings {
  /** Path-style template: fetch cannot set Host. */
  readonly endpoint: string;
  readonly Region: string;
  readonly Bucket: string;
  readonly otherBucket: string;
  readonly permanent: KeyPair;
  readonly temporary: KeyPair;
  readonly expired: KeyPair;
}

/** Everything a case needs of the place it runs in. */
export interface World extends Settings {
  /** The runtime under test. */
  readonly runtime: Runtime;
  readonly secretId: string;
  readonly secretKey: string;
  /** For cases that need nothing special of a client. */
  readonly client: CosClient;
  /** @param wrap puts faults between core and the runtime */
  createClient(options?: Partial<CosOptions>, wrap?: (runtime: Runtime) => Runtime, clock?: Clock): CosClient;
  /** A key that no other case has. */
  uniqueKey(prefix?: string): string;
  readObject(key: string, bucket?: string): Promise<Uint8Array>;
}
