import type { CosClient, CosOptions } from "@cosup/core";
import type { Clock, Runtime } from "@cosup/core/runtime";
import type { Assert } from "./assert.ts";

/** One promise of the SDK, checked the same way in every runtime. No test runner is involved. */
export interface ContractCase {
  readonly name: string;
  /** A module that some runtimes lack: the case is absent there, which is neither passed nor failed. */
  readonly needs?: StreamModuleName;
  run(t: Assert, world: World): Promise<void>;
}

/** Node's streams, and packages with streams of their own. */
export type StreamModuleName =
  | "node:stream"
  | "readable-stream 2"
  | "readable-stream 3"
  | "readable-stream 4"
  | "streamx"
  | "web-streams-polyfill";

/** A module's exports, which differ between them. */
export type StreamModules = { readonly [Name in StreamModuleName]?: object };

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
  /** Run only the cases whose names contain this. */
  readonly only?: string | undefined;
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
  /** The modules with streams that the runtime has. */
  readonly modules: StreamModules;
  /** A key that no other case has. */
  uniqueKey(prefix?: string): string;
  readObject(key: string, bucket?: string): Promise<Uint8Array>;
}
