import { CosError, IntegrityError } from "@cosup/core";
import type { Assert } from "./assert.ts";
import type { ContractCase, Rig } from "./contract.ts";
import { FAULTY_KEYS } from "./emulator-settings.ts";
import { noise, readAll } from "./fixtures/bytes.ts";
import { respondsWithHeaders, Script } from "./fixtures/faults.ts";
import { crc64 } from "./reference/crc64.ts";

/** Some chunks of every transport. */
const SIZE = 200_000;

async function stored(rig: Rig, prefix: string, bytes = noise(SIZE)) {
  const object = { Bucket: rig.Bucket, Key: rig.uniqueKey(prefix) };
  await rig.client.putObject({ ...object, Body: bytes });
  return object;
}

/** The chunks of a body, and what its end was. */
async function readToEnd(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { chunks, ended: true };
      chunks.push(value);
    }
  } catch (error) {
    return { chunks, ended: false, error };
  }
}

const bytesOf = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((sum, chunk) => sum + chunk.length, 0);

/** A body that breaks off fails with a retryable error, never with its end. */
async function expectBroken(t: Assert, rig: Rig, prefix: string, verify: boolean): Promise<void> {
  const object = await stored(rig, prefix);
  const { Body, ContentLength } = await rig.client.getObject({ ...object, verify });
  t.equal(ContentLength, SIZE, "ContentLength");
  const { chunks, ended, error } = await readToEnd(Body);
  t.equal(ended, false, "ended");
  t.ok(bytesOf(chunks) < SIZE, "it broke off");
  await t.throws(() => Promise.reject(error), CosError, { retryable: true });
}

const broken = ([FAULTY_KEYS.ended, FAULTY_KEYS.reset] as const).flatMap((prefix) =>
  [true, false].map(
    (verify): ContractCase => ({
      name: `getObject() with verify ${verify} fails when the response ${prefix.replace("-", " ")}`,
      run: (t, rig) => expectBroken(t, rig, prefix, verify),
    }),
  ),
);

export const cases: readonly ContractCase[] = [
  ...broken,
  {
    name: "getObject() fails at the end when a byte changed on its way",
    run: async (t, rig) => {
      const bytes = noise(SIZE);
      const { Body } = await rig.client.getObject(await stored(rig, FAULTY_KEYS.changed, bytes));
      const { chunks, ended, error } = await readToEnd(Body);
      t.equal(ended, false, "ended");
      t.equal(bytesOf(chunks), SIZE, "bytes before the error");
      const failure = await t.throws(() => Promise.reject(error), IntegrityError, {
        code: "integrity",
        retryable: true,
        expected: crc64(bytes),
        hint: /read the object again/,
      });
      t.ok(failure.actual !== failure.expected, "actual");
    },
  },
  {
    name: "getObject() with verify false hands over what arrives",
    run: async (t, rig) => {
      const object = await stored(rig, FAULTY_KEYS.changed);
      const { Body } = await rig.client.getObject({ ...object, verify: false });
      t.equal((await readAll(Body)).length, SIZE, "bytes");
    },
  },
  {
    name: "getObject() of a range has no checksum to verify",
    run: async (t, rig) => {
      const object = await stored(rig, FAULTY_KEYS.changed);
      const { Body } = await rig.client.getObject({ ...object, Range: "bytes=0-99999" });
      t.equal((await readAll(Body)).length, 100_000, "bytes");
    },
  },
  {
    name: "getObject() of an object without CRC64 ends without being verified",
    run: async (t, rig) => {
      const script = new Script({
        GetObject: [respondsWithHeaders({ "x-cos-hash-crc64ecma": undefined })],
      });
      const client = rig.createClient({}, script.wrap);
      const result = await client.getObject(await stored(rig, FAULTY_KEYS.changed));
      t.equal(result.crc64, undefined, "crc64");
      t.equal((await readAll(result.Body)).length, SIZE, "bytes");
      script.assertUsed(t);
    },
  },
  {
    name: "getObject() of a range fails when fewer bytes come than the response says",
    run: async (t, rig) => {
      const script = new Script({ GetObject: [respondsWithHeaders({ "content-length": "101" })] });
      const client = rig.createClient({}, script.wrap);
      const object = await stored(rig, "range");
      const { Body } = await client.getObject({ ...object, Range: "bytes=0-99" });
      await t.throws(() => readAll(Body), CosError, {
        code: "connection-reset",
        retryable: true,
        message: /ended after 100 of 101 bytes/,
      });
      script.assertUsed(t);
    },
  },
];
