import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { decodeCheckpoint, encodeCheckpoint } from "../../../packages/core/src/upload/checkpoint-codec.ts";
import { holds } from "./parts.ts";
import { type Property, property } from "./property.ts";

const text = fc.string({ minLength: 1, maxLength: 30 });

const version1 = fc
  .record({
    Bucket: text,
    Key: text,
    UploadId: text,
    fingerprint: text,
    partSize: fc.integer({ min: 1, max: 5 * 1024 ** 3 }),
    count: fc.integer({ min: 1, max: 50 }),
    headers: fc.dictionary(
      text.filter((name) => name !== "__proto__"),
      fc.string({ maxLength: 20 }),
      { maxKeys: 4 },
    ),
    parts: fc.uniqueArray(
      fc.record({
        partNumber: fc.integer({ min: 1, max: 50 }),
        etag: text,
        crc64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
      }),
      { maxLength: 20, selector: ({ partNumber }) => partNumber },
    ),
  })
  .map(({ count, partSize, parts, ...rest }) => ({
    version: 1 as const,
    ...rest,
    partSize,
    size: count * partSize,
    parts: parts.filter(({ partNumber }) => partNumber <= count),
  }));

/** The same with what version 2 added: an endpoint, streams of unknown length, and parts without a checksum. */
const version2 = fc
  .record({ checkpoint: version1, endpoint: fc.string(), isStream: fc.boolean(), verified: fc.boolean() })
  .map(({ checkpoint, endpoint, isStream, verified }) => ({
    ...checkpoint,
    version: 2 as const,
    endpoint,
    size: isStream ? null : checkpoint.size,
    fingerprint: isStream ? null : checkpoint.fingerprint,
    parts: checkpoint.parts.map((part) => ({ ...part, verified })),
  }));

const checkpoints = fc.oneof(version1, version2);

export const checkpointRoundTrip: Property = property(
  "a checkpoint comes back as it was",
  checkpoints,
  (checkpoint) => {
    deepStrictEqual(
      JSON.parse(JSON.stringify(decodeCheckpoint(encodeCheckpoint(checkpoint)))),
      JSON.parse(JSON.stringify(checkpoint)),
    );
  },
);

/** Checkpoints with one field of a wrong type, and other JSON. */
const strangers = fc.oneof(
  fc
    .tuple(
      checkpoints,
      fc.constantFrom(
        "version",
        "UploadId",
        "size",
        "partSize",
        "parts",
        "headers",
        "fingerprint",
        "endpoint",
      ),
      fc.jsonValue(),
    )
    .map(([checkpoint, field, value]) => JSON.stringify({ ...checkpoint, [field]: value })),
  fc.json(),
  fc.string(),
);

export const checkpointStrangers: Property = property(
  "whatever text is read as a checkpoint, it is one in every field, or none",
  strangers,
  (stranger) => {
    const checkpoint = decodeCheckpoint(stranger);
    if (checkpoint === undefined) return;
    holds(checkpoint.version === 1 || typeof checkpoint.endpoint === "string", "version");
    holds(
      [checkpoint.Bucket, checkpoint.Key, checkpoint.UploadId].every(
        (name) => typeof name === "string" && name !== "",
      ),
      "names",
    );
    const { size, version } = checkpoint;
    holds((size === null ? version === 2 : Number.isSafeInteger(size)) && checkpoint.partSize > 0, "sizes");
    const count = version === 1 ? Math.max(1, Math.ceil((size ?? 0) / checkpoint.partSize)) : 10_000;
    holds(
      checkpoint.parts.every(({ partNumber }) => partNumber >= 1 && partNumber <= count),
      "parts within the object",
    );
    holds(
      checkpoint.parts.every(({ crc64 }) => BigInt(crc64) >= 0n),
      "digests that are numbers",
    );
  },
);
