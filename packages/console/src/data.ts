// What the control API of the emulator returns to the console. The emulator shares no code with this package, so the types
// are written down here; test/console checks them against it.

export interface BucketRow {
  readonly name: string;
  readonly created: number;
  readonly keys: number;
  readonly uploads: number;
  readonly versioning: string;
  readonly cors: boolean;
  readonly lifecycle: number;
}

export interface BucketsData {
  readonly buckets: readonly BucketRow[];
  readonly region: string;
  readonly minPartSize: number;
  readonly inMemory: boolean;
  readonly faults: boolean;
}

export interface ObjectRow {
  readonly key: string;
  readonly versionId: string;
  readonly latest: boolean;
  readonly lastModified: number;
  /** Absent in a delete marker. */
  readonly size?: number;
  readonly crc64?: string;
  readonly etag?: string;
  readonly storageClass?: string;
  readonly appendable?: boolean;
}

export interface ObjectsData {
  readonly folders: readonly string[];
  readonly objects: readonly ObjectRow[];
  readonly next?: string;
}

export interface ObjectVersion extends ObjectRow {
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly acl?: string;
  readonly encryption?: string;
}

export interface ObjectData {
  readonly key: string;
  readonly versions: readonly ObjectVersion[];
}

export interface UploadRow {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: number;
  readonly parts: number;
  readonly bytes: number;
}

export interface UploadsData {
  readonly uploads: readonly UploadRow[];
  readonly count: number;
}

export interface PartsData {
  /** Number, size and CRC64 of each part. */
  readonly parts: readonly (readonly [partNumber: number, size: number, crc64: string])[];
}

export interface RequestBase {
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly operation?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly partNumber?: number;
  readonly uploadId?: string;
  readonly requestBytes?: number;
  readonly faults: readonly string[];
}

export interface RequestRow extends RequestBase {
  readonly durationMs: number;
  readonly status: number | "hung-up";
  readonly code?: string;
  readonly responseBytes?: number;
}

export interface RunningRow extends RequestBase {
  readonly received: number;
}

export interface LiveEvent {
  /** How many requests there ever were. */
  readonly count: number;
  /** Requests since the last event that are not in this one. */
  readonly missed: number;
  readonly requests: readonly RequestRow[];
  readonly running: readonly RunningRow[];
  readonly runningCount: number;
}

export interface Instruction {
  readonly op: string;
  readonly match?: Readonly<Record<string, unknown>>;
  readonly when: string;
  readonly fault: unknown;
  readonly times?: number | "forever";
}

export interface Receipt {
  readonly run: string;
  readonly requests: number;
  readonly instructions: readonly {
    readonly instruction: Instruction;
    readonly matched: number;
    readonly fired: number;
  }[];
}

export interface FaultsData {
  readonly enabled: boolean;
  readonly runs: readonly Receipt[];
}
