import { CosError } from "@cosup/core";
import { Random } from "../../../packages/core/test/support/random.ts";
import { CALM } from "../simulation/fault.ts";
import { pick } from "../simulation/pick.ts";
import { Rig } from "../simulation/rig.ts";
import { leakOf } from "../simulation/secrets.ts";
import { BUCKET } from "../simulation/service.ts";
import { madeUp } from "../simulation/simulated-response.ts";
import { DOCUMENTS, HEADER_VALUES } from "./documents.ts";
import { injured } from "./mutate.ts";

const HEADERS = [
  "etag",
  "x-cos-hash-crc64ecma",
  "x-cos-request-id",
  "retry-after",
  "date",
  "content-length",
  "x-cos-next-append-position",
];

/**
 * Runs whole calls against a server that sends malformed documents and headers. Each ends with a typed error or a
 * result.
 */
export async function fuzzResponses(inputs: number, seed: number): Promise<string[]> {
  const rig = await Rig.open({ seed }, CALM);
  const random = new Random(seed);
  const failures: string[] = [];
  rig.active.push("");
  rig.network.gate = () => {
    const headers = HEADERS.filter(() => random.next() < 0.6).map((name) => [
      name,
      pick(random, HEADER_VALUES),
    ]);
    const document = random.next() < 0.3 ? pick(random, DOCUMENTS) : injured(random, pick(random, DOCUMENTS));
    const status = pick(random, [200, 200, 200, 204, 206, 301, 400, 403, 404, 409, 500, 503]);
    return madeUp(status, document, Object.fromEntries(headers));
  };
  const object = { Bucket: BUCKET, Key: "fuzzed" };
  try {
    for (let input = 0; input < inputs && failures.length < 10; input += 1) {
      const client = rig.client({ options: { maxAttempts: 2 } });
      const calls: readonly (() => Promise<unknown>)[] = [
        () => client.putObject({ ...object, Body: "bytes" }),
        () => client.headObject(object),
        () => client.deleteObject(object),
        () => client.createMultipartUpload(object),
        () => client.listParts({ ...object, UploadId: "u" }),
        () => client.listMultipartUploads({ Bucket: BUCKET }),
        () => client.appendObject({ ...object, Position: 0, Data: "bytes" }),
        () => client.uploadPart({ ...object, UploadId: "u", PartNumber: 1, Body: "bytes" }),
        () => client.uploadFile({ ...object, Body: new Uint8Array(25 * 1024), PartSize: 5 }),
        () => client.copyObject({ ...object, CopySource: { ...object, Region: "ap-guangzhou" } }),
      ];
      await rig.clock.run(pick(random, calls)()).catch((error: unknown) => {
        // A size that no object can have is reported as a wrong argument.
        const typed = error instanceof CosError || (error instanceof RangeError && "parameter" in error);
        if (!typed) failures.push(`untyped: ${error instanceof Error ? error.stack : String(error)}`);
        const leak = leakOf(error);
        if (leak !== undefined) failures.push(`the error shows ${leak}`);
      });
      rig.clients.length = 0;
      rig.network.records.length = 0;
      rig.network.responses.length = 0;
    }
  } finally {
    await rig.service.close();
  }
  return [...failures, ...rig.violations];
}
