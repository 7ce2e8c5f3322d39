import { expect, test } from "vitest";
import {
  CosError,
  IntegrityError,
  type ServiceError,
  SourceError,
  TransportError,
} from "../../src/errors.ts";
import { type Outcome, outcomeOf } from "../../src/http/outcome.ts";
import { serviceError } from "../../src/http/service-error.ts";
import { readXml } from "../../src/xml/read.ts";

/** A refusal of COS, as a response. */
function cos(status: number, code?: string): ServiceError {
  const body = code === undefined ? "" : `<Error><Code>${code}</Code></Error>`;
  return serviceError("putObject", status, new Headers({ "x-cos-request-id": "id" }), readXml(body));
}

/** A response of a proxy. */
const ofProxy = (status: number): ServiceError => serviceError("putObject", status, new Headers(), undefined);

const mismatch = (cause: unknown): IntegrityError =>
  new IntegrityError("", { expected: "a", actual: "b" }, { cause });

test.each<[string, unknown, Outcome]>([
  ["a refused connection", new TransportError("", "connect"), "not-sent"],
  ["a reset", new TransportError("", "reset"), "unknown"],
  ["a timeout", new TransportError("", "timeout"), "unknown"],
  ["a transport failure of an unknown kind", new TransportError("", "unknown"), "unknown"],
  ["a proxy that asks for credentials", ofProxy(407), "not-sent"],
  ["403 of a proxy", ofProxy(403), "unknown"],
  ["408 of a proxy", ofProxy(408), "unknown"],
  ["429 of a proxy", ofProxy(429), "unknown"],
  ["302 of a proxy", ofProxy(302), "unknown"],
  ["502 of a proxy", ofProxy(502), "unknown"],
  ["503 of a proxy", ofProxy(503), "unknown"],
  ["a 200 of a proxy", ofProxy(200), "unknown"],
  ["301 of COS", cos(301), "refused"],
  ["400 of COS", cos(400, "InvalidArgument"), "refused"],
  ["RequestTimeout of COS", cos(400, "RequestTimeout"), "refused"],
  ["IncompleteBody of COS", cos(400, "IncompleteBody"), "refused"],
  ["BadDigest of COS", cos(400, "BadDigest"), "refused"],
  ["403 of COS", cos(403, "AccessDenied"), "refused"],
  ["404 of COS", cos(404, "NoSuchUpload"), "refused"],
  ["408 of COS", cos(408), "refused"],
  ["409 of COS", cos(409, "FileAlreadyExists"), "refused"],
  ["412 of COS", cos(412), "refused"],
  ["429 of COS", cos(429), "refused"],
  ["SlowDown of COS", cos(503, "SlowDown"), "refused"],
  ["ServiceUnavailable of COS, which may have begun", cos(503, "ServiceUnavailable"), "unknown"],
  ["503 of COS without a code", cos(503), "unknown"],
  ["InternalError of COS", cos(500, "InternalError"), "unknown"],
  ["501 of COS", cos(501, "NotImplemented"), "refused"],
  ["a 200 of COS with an error in it", cos(200, "InternalError"), "unknown"],
  ["300 of COS", cos(300), "refused"],
  ["bytes that COS refused for their MD5", mismatch(cos(400, "BadDigest")), "refused"],
  ["bytes that differ from what COS stored", mismatch(undefined), "unknown"],
  [
    "a CosError after a refusal of COS",
    new CosError("", { code: "timeout", retryable: true, cause: cos(404, "NoSuchUpload") }),
    "unknown",
  ],
  ["another CosError", new SourceError("gone", "source-changed"), "unknown"],
  ["a CosError of no class of its own", new CosError("", { code: "timeout", retryable: true }), "unknown"],
  ["an error of our own code", new RangeError("PartSize"), "not-sent"],
])("the outcome of %s", (_, failure, outcome) => {
  expect(outcomeOf(failure)).toBe(outcome);
});
