import { CosError, IntegrityError, ServiceError, type ServiceErrorCode } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { foreign, refuses, respondsWith, Script, type Step } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

/** The errors of COS and the codes that the client gives them. */
const REFUSALS: readonly (readonly [number, string, ServiceErrorCode, boolean])[] = [
  [400, "ExpiredToken", "credentials-expired", false],
  [400, "InvalidArgument", "invalid-request", false],
  [400, "EntityTooLarge", "invalid-request", false],
  [400, "IncompleteBody", "connection-reset", true],
  [403, "AccessDenied", "access-denied", false],
  [403, "InvalidAccessKeyId", "access-denied", false],
  [403, "SignatureDoesNotMatch", "access-denied", false],
  [404, "NoSuchKey", "not-found", false],
  [404, "NoSuchBucket", "not-found", false],
  [404, "NoSuchUpload", "not-found", false],
  [409, "AppendPositionErr", "conflict", false],
  [409, "ObjectNotAppendable", "conflict", false],
  [411, "MissingContentLength", "invalid-request", false],
  [412, "PreconditionFailed", "precondition-failed", false],
  [416, "InvalidRange", "invalid-request", false],
  [429, "TooManyRequests", "throttled", true],
  [500, "InternalError", "service-unavailable", true],
  [501, "NotImplemented", "service-unavailable", false],
  [503, "SlowDown", "throttled", true],
  [503, "ServiceUnavailable", "service-unavailable", true],
];

const refusals = REFUSALS.map(
  ([status, cosCode, code, retryable]): ContractCase => ({
    name: `${status} ${cosCode} is a ServiceError with code ${code}, ${retryable ? "" : "not "}retryable`,
    run: async (t, rig) => {
      const script = new Script({ PutObject: refuses(status, cosCode, {}, "the reason") });
      const client = rig.createClient({ maxAttempts: 1 }, script.wrap, quickClock());
      const error = await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: "dir/key", Body: "x" }),
        ServiceError,
        { status, cosCode, code, retryable, requestId: "scripted-id", resource: "scripted/resource" },
      );
      t.ok(error instanceof CosError && error instanceof Error, "its base classes");
      t.equal(error.name, "ServiceError", "name");
      t.match(error.message, /putObject.*dir\/key.*the reason/, "message");
    },
  }),
);

/** Responses whose status is a success and whose body is not the expected document. */
const STRANGE: readonly (readonly [what: string, step: Step])[] = [
  ["a captive portal's page", foreign(200)],
  ["an empty body", respondsWith("")],
  ["text", respondsWith("OK")],
  ["another document", respondsWith("<ListBucketResult></ListBucketResult>")],
  ["the document without its content", respondsWith("<InitiateMultipartUploadResult/>")],
  ["half a document", respondsWith("<InitiateMultipartUploadResult><UploadId>1</Upl")],
];

const strange = STRANGE.map(
  ([what, step]): ContractCase => ({
    name: `${what} instead of a result is an unexpected response`,
    run: async (t, rig) => {
      const script = new Script({ InitiateMultipartUpload: step });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(
        () => client.createMultipartUpload({ Bucket: rig.Bucket, Key: rig.uniqueKey("strange") }),
        ServiceError,
        { code: "unexpected-response", status: 200 },
      );
    },
  }),
);

const genuine: readonly ContractCase[] = [
  {
    name: "400 BadDigest is an IntegrityError with the MD5 that was sent",
    run: async (t, rig) => {
      const script = new Script({ PutObject: refuses(400, "BadDigest", {}, "the reason") });
      const client = rig.createClient({ maxAttempts: 2 }, script.wrap, quickClock());
      const error = await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: "dir/key", Body: "x" }),
        IntegrityError,
        { code: "integrity", retryable: true, expected: "ndTkYSaMgDT1yFZOFVxnpg==", message: /BadDigest/ },
      );
      t.equal(script.sent.length, 2, "attempts");
      t.ok(error.cause instanceof ServiceError && error.cause.requestId === "scripted-id", "the cause");
    },
  },
  {
    name: "a missing object is not found, with HEAD and with GET",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("missing") };
      const { client } = rig;
      await t.throws(() => client.headObject(object), ServiceError, { code: "not-found", status: 404 });
      await t.throws(() => client.getObject(object), ServiceError, {
        code: "not-found",
        cosCode: "NoSuchKey",
        requestId: /./,
      });
    },
  },
  {
    name: "a missing bucket is not found",
    run: async (t, rig) => {
      // Another bucket's name would be taken for a key by a path-style server.
      const client = rig.createClient({ Endpoint: `${rig.endpoint.replace("/{Bucket}", "")}/{Bucket}` });
      await t.throws(() => client.listMultipartUploads({ Bucket: "nobody-1250000000" }), ServiceError, {
        status: /40[34]/,
      });
    },
  },
  {
    name: "a wrong secret key is access denied",
    run: async (t, rig) => {
      const client = rig.createClient({ SecretKey: "somebodyElsesSecret" });
      await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("denied"), Body: "x" }),
        ServiceError,
        { code: "access-denied", cosCode: "SignatureDoesNotMatch", retryable: false },
      );
    },
  },
  {
    name: "an unknown secret id is access denied",
    run: async (t, rig) => {
      const client = rig.createClient({ SecretId: "AKIDnobody" });
      await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("denied"), Body: "x" }),
        ServiceError,
        { code: "access-denied", cosCode: "InvalidAccessKeyId" },
      );
    },
  },
  {
    name: "an error document may have white space before it and entities in it",
    run: async (t, rig) => {
      const document =
        "\n  \n<?xml version='1.0' encoding='utf-8' ?><Error><Code>AccessDenied</Code>" +
        "<Message>a &lt;b&gt; &amp; &#20013;</Message></Error>";
      const script = new Script({ InitiateMultipartUpload: respondsWith(document) });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(() => client.createMultipartUpload({ Bucket: rig.Bucket, Key: "k" }), ServiceError, {
        cosCode: "AccessDenied",
        message: /a <b> & 中/,
      });
    },
  },
  {
    name: "an error document cannot expand entities of its own",
    run: async (t, rig) => {
      const document =
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "expanded">]><Error><Code>Odd</Code>' +
        "<Message>&e;</Message></Error>";
      const script = new Script({ InitiateMultipartUpload: respondsWith(document) });
      const client = rig.createClient({}, script.wrap, quickClock());
      const error = await t.throws(
        () => client.createMultipartUpload({ Bucket: rig.Bucket, Key: "k" }),
        ServiceError,
      );
      t.equal(error.message.includes("expanded"), false, "the entity in the message");
    },
  },
];

export const cases: readonly ContractCase[] = [...refusals, ...strange, ...genuine];
