import { CosError, ServiceError } from "@cosup/node";
import type { ManifestEntry } from "../../src/manifest/entry.ts";
import type { ObjectResult, PartResult } from "../../src/transfer/types.ts";
import type { Executors } from "../../src/worker/executors.ts";

/** Executors that send nothing, and count what they would have sent. */
export interface MemoryCos {
  readonly executors: Executors;
  /** Key → how often it was sent whole. */
  readonly sent: Map<string, number>;
  /** `key#partNumber` → how often it was sent. */
  readonly parts: Map<string, number>;
  /** Upload id → key of those neither completed nor aborted. */
  readonly uploads: Map<string, string>;
  /** Keys whose every attempt fails, and how. */
  readonly failing: Map<string, CosError>;
  /** Called before each object and part. */
  before: (key: string, partNumber?: number) => Promise<void> | void;
}

export function memoryCos(): MemoryCos {
  const cos: MemoryCos = {
    sent: new Map(),
    parts: new Map(),
    uploads: new Map(),
    failing: new Map(),
    before: () => {},
    executors: undefined as never,
  };
  let uploads = 0;
  const stored = new Set<string>();
  const result = ({ key, size }: ManifestEntry, sent: boolean): ObjectResult => ({
    key,
    size: size ?? 0,
    crc64: "1",
    etag: '"e"',
    sent,
  });
  const executors: Executors = {
    async transferSmall(_, entry, { isRepeat }) {
      await cos.before(entry.key);
      const failure = cos.failing.get(entry.key);
      if (failure !== undefined) throw failure;
      if (isRepeat && stored.has(entry.key)) return result(entry, false);
      stored.add(entry.key);
      cos.sent.set(entry.key, (cos.sent.get(entry.key) ?? 0) + 1);
      return result(entry, true);
    },
    async probeSource(_, entry) {
      return {
        kind: "file",
        size: entry.size ?? Number(/\d+$/.exec(entry.source)?.[0] ?? 1),
        fingerprint: "f",
      };
    },
    async findIdenticalLarge() {
      return undefined;
    },
    async openUploads(_, key) {
      return [...cos.uploads]
        .filter(([, of]) => of === key)
        .map(([uploadId]) => ({ uploadId, initiated: "" }));
    },
    planLarge({ size }, partSize = 8 * 1024 ** 2) {
      const partCount = Math.ceil(size / partSize);
      const starts = Array.from({ length: Math.ceil(partCount / 4) }, (_, index) => index * 4 + 1);
      return {
        partSize,
        partCount,
        ranges: starts.map((from) => ({ from, to: Math.min(from + 3, partCount) })),
      };
    },
    async initiateLarge(_, entry) {
      await cos.before(entry.key, 0);
      uploads += 1;
      cos.uploads.set(`upload-${uploads}`, entry.key);
      return `upload-${uploads}`;
    },
    async transferRange(_, { entry, from, to, known, plan, onPart }) {
      const sent: PartResult[] = [];
      for (let partNumber = from; partNumber <= to; partNumber += 1) {
        if (known.some((part) => part.partNumber === partNumber)) continue;
        await cos.before(entry.key, partNumber);
        const failure = cos.failing.get(`${entry.key}#${partNumber}`);
        if (failure !== undefined) throw failure;
        const name = `${entry.key}#${partNumber}`;
        cos.parts.set(name, (cos.parts.get(name) ?? 0) + 1);
        const part = { partNumber, size: plan.partSize, etag: '"p"', crc64: "2", sent: true };
        sent.push(part);
        await onPart?.(part);
      }
      return sent;
    },
    async completeLarge(_, { entry, uploadId, parts, plan, facts }) {
      await cos.before(entry.key, 10_001);
      if (parts.length !== plan.partCount) throw new Error("a part is missing");
      cos.uploads.delete(uploadId);
      return result({ ...entry, size: facts.size }, true);
    },
    async abortLarge(_, { uploadId }) {
      cos.uploads.delete(uploadId);
    },
  };
  return Object.assign(cos, { executors });
}

/** An error that no retry repairs. */
export function denied(): CosError {
  return new CosError("access was denied", { code: "unexpected-response", retryable: false });
}

/** An error that a retry may repair. */
export function broken(): CosError {
  return new CosError("the connection broke", { code: "unexpected-response", retryable: true });
}

/** COS refuses because of too many requests, and the client has given up. */
export function throttled(): ServiceError {
  return new ServiceError("SlowDown", {
    code: "throttled",
    retryable: true,
    status: 503,
    cosCode: "SlowDown",
  });
}
