import type { CosClient, CosOptions } from "@cosup/core";
import type { downloadToFile } from "@cosup/core/download";
import type { Clock, Runtime } from "@cosup/core/runtime";
import type { UploadClient } from "@cosup/core/upload";
import type { Assert } from "./assert.ts";

/** One promise of the SDK, checked the same way in every runtime, without a test runner. */
export interface ContractCase {
  readonly name: string;
  /** A module or a trait that some runtimes lack. There the case is absent: neither passed nor failed. */
  readonly needs?: StreamModuleName | FetchTraitName | "files";
  run(t: Assert, rig: Rig): Promise<void>;
}

/** Node's streams, and packages with other implementations. */
export type StreamModuleName =
  | "node:stream"
  | "readable-stream 2"
  | "readable-stream 3"
  | "readable-stream 4"
  | "streamx"
  | "web-streams-polyfill";

/** What a browser's fetch lacks: it decodes bodies, and gives the response to a HEAD a body. */
export type FetchTraitName = "encoded bodies" | "a HEAD response without a body";

/** The exports of each module that the runtime has, and an object for each trait of its fetch. */
export type StreamModules = { readonly [Name in StreamModuleName | FetchTraitName]?: object } & {
  readonly files?: LocalFiles | undefined;
};

/** The files of a runtime that has some, and the function that its adapter writes them with. */
export interface LocalFiles {
  readonly downloadFile: (
    cos: CosClient,
    parameters: Parameters<typeof downloadToFile>[1]["parameters"],
  ) => ReturnType<typeof downloadToFile>;
  /** Creates an empty folder. The run removes it. */
  newFolder(): Promise<string>;
  read(path: string): Promise<Uint8Array>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** The names in a folder, sorted. */
  names(folder: string): Promise<string[]>;
}

/** Keys that the emulator knows. */
export interface KeyPair {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string | undefined;
}

/** The settings of the emulator; plain JSON, so that any runtime can receive them. */
export interface Settings {
  /** Path-style template: fetch cannot set Host. */
  readonly endpoint: string;
  readonly Region: string;
  readonly Bucket: string;
  readonly otherBucket: string;
  /** A bucket for cases that enable versioning. */
  readonly versionedBucket: string;
  /** Where runtimes with files may write; a run removes it. */
  readonly folder?: string | undefined;
  readonly permanent: KeyPair;
  readonly temporary: KeyPair;
  readonly expired: KeyPair;
  /** HTTPS servers whose certificates nobody trusts: one for cosup, one for the fetch of the runtime. */
  readonly untrusted: { readonly cosup: string; readonly fetch: string };
  /** Run only the cases whose names contain this. */
  readonly only?: string | undefined;
}

/** What a case gets: the runtime under test, clients for it, and the settings of the emulator. */
export interface Rig extends Settings {
  /** The runtime under test. */
  readonly runtime: Runtime;
  readonly secretId: string;
  readonly secretKey: string;
  /** A client with default options. */
  readonly client: CosClient;
  /** @param wrap puts faults between core and the runtime */
  createClient(options?: Partial<CosOptions>, wrap?: (runtime: Runtime) => Runtime, clock?: Clock): CosClient;
  /** {@link createClient} of a client that only uploads. */
  createUploadClient(...given: Parameters<Rig["createClient"]>): UploadClient;
  /** The stream modules that the runtime has. */
  readonly modules: StreamModules;
  /** Returns a key that no other case uses. */
  uniqueKey(prefix?: string): string;
  readObject(key: string, bucket?: string): Promise<Uint8Array>;
}
