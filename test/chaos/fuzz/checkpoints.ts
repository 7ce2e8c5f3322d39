import { createHash } from "node:crypto";
import { type Checkpoint, CosError } from "@cosup/core";
import { checkpointId } from "../../../packages/core/src/upload/checkpoint-codec.ts";
import { pattern, Random } from "../../../packages/core/test/support/random.ts";
import { CALM } from "../simulation/fault.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { crc64, same } from "../simulation/oracle.ts";
import { pick } from "../simulation/pick.ts";
import { Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { injured } from "./mutate.ts";

const PART = 8 * UNIT;
/** Resumes per rig, so that its records stay small. */
const PER_WORLD = 100;

/** Resumes from malformed checkpoints. Each ends with an object equal to the source or with an error. */
export async function fuzzCheckpoints(inputs: number, seed: number): Promise<string[]> {
  const failures: string[] = [];
  for (let done = 0; done < inputs && failures.length < 10; done += PER_WORLD) {
    const rig = await Rig.open({ seed: seed + done }, CALM);
    try {
      for (let input = 0; input < Math.min(PER_WORLD, inputs - done); input += 1) {
        const failure = await resumeInjured(rig, `injured/${input}/`, new Random(seed + done + input));
        if (failure !== undefined) failures.push(`seed ${seed + done + input}: ${failure}`);
        rig.network.records.length = 0;
        rig.network.responses.length = 0;
        rig.clients.length = 0;
      }
    } finally {
      await rig.service.close();
    }
    failures.push(...rig.violations);
  }
  return failures;
}

async function resumeInjured(rig: Rig, Key: string, random: Random): Promise<string | undefined> {
  const bytes = pattern(random.between(21 * UNIT, 30 * UNIT), random.between(1, 2 ** 30));
  const parts = [bytes.slice(0, PART), bytes.slice(PART, 2 * PART)];
  const immutable = random.next() < 0.5;
  // The parts of an immutable source are not compared again on resume; those of any other source are compared with
  // COS's.
  const other = immutable ? -1 : random.between(0, 3);
  const held = parts.map((part, index) => (index === other ? pattern(PART, random.between(1, 1000)) : part));
  const UploadId = await rig.service.plantUpload(Key, held);
  const file = new SimulatedFile(bytes, rig.clock, random, immutable);
  const checkpoint: Checkpoint = {
    version: 1,
    Bucket: BUCKET,
    Key,
    UploadId,
    size: bytes.length,
    partSize: PART,
    fingerprint: `${bytes.length}:1`,
    headers: {},
    parts: held.map((part, index) => ({ partNumber: index + 1, etag: md5(part), crc64: crc64(part) })),
  };
  const text =
    random.next() < 0.6
      ? JSON.stringify(misled(random, checkpoint))
      : injured(random, JSON.stringify(checkpoint));
  const id = await checkpointId(BUCKET, Key);
  rig.checkpoints.texts.set(id, text);
  rig.active.push(Key);
  let error: unknown;
  try {
    const path = rig.file(Key, file);
    const client = rig.client();
    await rig.clock.run(
      client.uploadFile({ Bucket: BUCKET, Key, Body: { path }, PartSize: 8, checkpoints: rig.checkpoints }),
    );
  } catch (cause) {
    error = cause;
  }
  rig.active.pop();
  rig.checkpoints.texts.delete(id);
  await rig.clock.drain();
  return judgeResume(error, (await rig.service.object(Key))?.bytes, bytes, text);
}

function judgeResume(
  error: unknown,
  now: Uint8Array | undefined,
  bytes: Uint8Array,
  text: string,
): string | undefined {
  if (error !== undefined && !(error instanceof CosError)) return `untyped ${String(error)} from ${text}`;
  if (now !== undefined && !same(now, bytes))
    return `${String(error ?? "success")}, and the object is another, from ${text}`;
  if (error === undefined && now === undefined) return `success, and no object, from ${text}`;
  return undefined;
}

/** A checkpoint with valid form and wrong values. */
function misled(random: Random, checkpoint: Checkpoint): unknown {
  const parts = checkpoint.parts.map((part) => ({ ...part }));
  const other = random.between(1, 5);
  const changes: readonly (() => unknown)[] = [
    () => ({ ...checkpoint, partSize: pick(random, [UNIT, 4 * UNIT, 16 * UNIT, PART - 1, checkpoint.size]) }),
    () => ({ ...checkpoint, size: (checkpoint.size ?? 0) + random.between(-3, 3) }),
    () => ({ ...checkpoint, fingerprint: pick(random, ["0:0", `${checkpoint.size}:2`, "x"]) }),
    () => ({ ...checkpoint, headers: { "content-type": "text/plain" } }),
    () => ({
      ...checkpoint,
      UploadId: pick(random, ["gone", `${checkpoint.UploadId}0`, checkpoint.UploadId.toUpperCase()]),
    }),
    () => ({ ...checkpoint, Key: "another", version: pick(random, [1, 2]) }),
    () => ({
      ...checkpoint,
      parts: parts.map((part) => ({ ...part, crc64: String(BigInt(part.crc64) ^ 1n) })),
    }),
    () => ({
      ...checkpoint,
      parts: parts.map((part) => ({ ...part, etag: parts[other % parts.length]?.etag ?? "e" })),
    }),
    () => ({ ...checkpoint, parts: parts.map((part) => ({ ...part, partNumber: part.partNumber + 1 })) }),
    () => ({ ...checkpoint, parts: [...parts, { partNumber: 3, etag: "0".repeat(32), crc64: "0" }] }),
    () => ({ ...checkpoint, parts: [...parts].reverse() }),
    () => ({ ...checkpoint, parts: [] }),
    () => checkpoint,
  ];
  return pick(random, changes)();
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
