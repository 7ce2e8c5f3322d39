import * as core from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { type Plan, Script, type Step } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { virtualFile, withFiles } from "./fixtures/runtimes.ts";
import { DOCUMENTED, ERROR_CLASSES, METHODS } from "./surface-table.ts";

/** Responds as COS would; nothing is delivered. */
function responds(document: string | null, status = 200): Step {
  const headers = {
    // Not an MD5, as under SSE-KMS, so it must not be compared.
    etag: '"opaque"',
    "x-cos-request-id": "scripted-id",
    "x-cos-version-id": "MTg0",
    "x-cos-next-append-position": "5",
    "x-cos-copy-source-version-id": "v",
  };
  return async () => new Response(document, { status, headers });
}

const DONE: Plan = {
  PutObject: responds(""),
  AppendObject: responds(""),
  UploadPart: responds(""),
  AbortMultipartUpload: responds(null, 204),
  InitiateMultipartUpload: responds(
    "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
  ),
  UploadPartCopy: responds(
    "<CopyPartResult><ETag>&quot;e&quot;</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></CopyPartResult>",
  ),
  CompleteMultipartUpload: responds(
    "<CompleteMultipartUploadResult><ETag>&quot;e-1&quot;</ETag><Location>l</Location></CompleteMultipartUploadResult>",
  ),
  ListParts: responds("<ListPartsResult><UploadId>u</UploadId></ListPartsResult>"),
  ListMultipartUploads: responds("<ListMultipartUploadsResult></ListMultipartUploadsResult>"),
};

const documented = DOCUMENTED.map(
  ({ method, parameters, fields }): ContractCase => ({
    name: `${method}() takes every parameter of the document, and gives every field`,
    run: async (t, rig) => {
      const script = new Script(DONE);
      const file = virtualFile(new TextEncoder().encode("hello"));
      const client = rig.createClient(
        {},
        (runtime) => script.wrap(withFiles({ "local.txt": file })(runtime)),
        quickClock(),
      );
      const call: unknown = Reflect.get(client, method);
      if (typeof call !== "function") throw new Error(`there is no ${method}`);
      const result: unknown = await Reflect.apply(call, client, [parameters]);
      t.equal(script.sent.length, 1, "requests");
      for (const field of fields) t.ok(Object.hasOwn(Object(result), field), `the field ${field}`);
    },
  }),
);

const exists: readonly ContractCase[] = [
  {
    name: "a client has every method",
    run: async (t, rig) => {
      for (const method of METHODS) t.equal(typeof Reflect.get(rig.client, method), "function", method);
    },
  },
  {
    name: "every class of error is exported, and descends from Error",
    run: async (t) => {
      for (const name of ERROR_CLASSES) {
        const type: unknown = Reflect.get(core, name);
        t.ok(typeof type === "function" && type.prototype instanceof Error, name);
      }
      t.ok(Object.create(core.ArgumentTypeError.prototype) instanceof TypeError, "ArgumentTypeError");
      t.ok(Object.create(core.ArgumentRangeError.prototype) instanceof RangeError, "ArgumentRangeError");
      t.match(core.VERSION, /^\d+\.\d+\.\d+/, "VERSION");
    },
  },
  {
    name: "a client can be made and closed without sending anything",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      await client.close();
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "the runtime says its name and sensible defaults",
    run: async (t, rig) => {
      const { name, defaults } = rig.runtime;
      t.match(name, /^[a-z][a-z0-9-]*$/, "name");
      t.ok(defaults.partSize >= 1024 * 1024, "partSize");
      t.ok(defaults.concurrency >= 1 && defaults.concurrency <= 6, "concurrency");
      t.ok(defaults.memoryBudget >= defaults.partSize, "room for a part");
    },
  },
];

export const cases: readonly ContractCase[] = [...exists, ...documented];
