import { describe, expect, test } from "vitest";
import type { CosErrorCode } from "../../src/errors.ts";
import { serverTime, serviceError } from "../../src/http/service-error.ts";
import { readXml } from "../../src/xml/read.ts";
import { errorDocument } from "../support/wire.ts";

type Row = readonly [status: number, cosCode: string, code: CosErrorCode, retryable: boolean];

const rows: readonly Row[] = [
  [400, "ExpiredToken", "credentials-expired", false],
  [403, "ExpiredToken", "credentials-expired", false],
  [403, "InvalidAccessKeyId", "access-denied", false],
  [403, "RequestTimeTooSkewed", "clock-skewed", false],
  [503, "SlowDown", "throttled", true],
  [429, "SlowDown", "throttled", true],
  [503, "KmsFreqControl", "throttled", true],
  [400, "RequestTimeout", "timeout", true],
  [400, "UserNetworkTooSlow", "timeout", true],
  [400, "IncompleteBody", "connection-reset", true],
  [400, "BadDigest", "invalid-request", true],
  [500, "InternalError", "service-unavailable", true],
  [503, "ServiceUnavailable", "service-unavailable", true],
  [304, "", "precondition-failed", false],
  [403, "AccessDenied", "access-denied", false],
  [404, "NoSuchKey", "not-found", false],
  [404, "NoSuchUpload", "not-found", false],
  [408, "", "timeout", true],
  [409, "FileAlreadyExists", "conflict", false],
  [409, "AppendPositionErr", "conflict", false],
  [412, "PreconditionFailed", "precondition-failed", false],
  [429, "", "throttled", true],
  [400, "InvalidArgument", "invalid-request", false],
  [400, "EntityTooSmall", "invalid-request", false],
  [411, "MissingContentLength", "invalid-request", false],
  [416, "InvalidRange", "invalid-request", false],
  [451, "UnavailableForLegalReasons", "invalid-request", false],
  [500, "", "service-unavailable", true],
  [502, "", "service-unavailable", true],
  [501, "NotImplemented", "service-unavailable", false],
  [301, "PermanentRedirect", "unexpected-response", false],
];

function errorOf(
  status: number,
  body: string,
  headers: Record<string, string> = { "x-cos-request-id": "id" },
) {
  return serviceError("putObject of a", status, new Headers(headers), readXml(body));
}

test.each(rows)("serviceError() of %i %s is %s, retryable: %s", (status, cosCode, code, retryable) => {
  const error = errorOf(status, cosCode === "" ? "" : errorDocument(cosCode));
  expect({ code: error.code, retryable: error.retryable }).toEqual({ code, retryable });
  expect(error.status).toBe(status);
});

test("serviceError() of AccessDenied with 'Request has expired' means a skewed clock", () => {
  expect(errorOf(403, errorDocument("AccessDenied", "Request has expired")).code).toBe("clock-skewed");
  expect(errorOf(403, errorDocument("AccessDenied", "Access Denied.")).code).toBe("access-denied");
});

test("serviceError() reads 'Request has expired' as a skewed clock only with AccessDenied", () => {
  const expired = errorOf(403, errorDocument("AccessDenied", "Request has expired"));
  expect(expired.retryable).toBe(false);
  expect(errorOf(400, errorDocument("InvalidArgument", "Request has expired")).code).toBe("invalid-request");
});

test.each<[number, string, Record<string, string>, string, string]>([
  [503, errorDocument("SlowDown"), { "x-cos-request-id": "id" }, "SlowDown", "SlowDown"],
  [500, "", { "x-cos-request-id": "id" }, "", "HTTP 500"],
  [403, "", { "x-cos-request-id": "id" }, "", "HTTP 403"],
  [404, "", { "x-cos-request-id": "id" }, "NoSuchResource", "NoSuchResource"],
  [404, "", {}, "", "HTTP 404 (the response did not come from COS)"],
])(
  "serviceError() of %i %j with %j has the details that are known",
  (status, body, headers, cosCode, detail) => {
    expect(errorOf(status, body, headers)).toMatchObject({ cosCode, message: `putObject of a: ${detail}` });
  },
);

test("serviceError() names the call, COS's code and message, and keeps id and resource", () => {
  const error = errorOf(403, errorDocument("AccessDenied", "Denied &amp; logged."));
  expect(error.message).toBe("putObject of a: AccessDenied: Denied & logged.");
  expect(error).toMatchObject({
    name: "ServiceError",
    cosCode: "AccessDenied",
    requestId: "id",
    resource: "/exampleobject",
  });
});

test("serviceError() of a HEAD, which has no body, calls a missing object NoSuchResource", () => {
  expect(errorOf(404, "")).toMatchObject({ cosCode: "NoSuchResource", code: "not-found" });
});

test("serviceError() takes the request id from the document when the header is missing", () => {
  const error = errorOf(403, errorDocument("AccessDenied", "", "<RequestId>fromBody</RequestId>"), {});
  expect(error).toMatchObject({ requestId: "fromBody", code: "access-denied" });
});

test.each([
  [403, "unexpected-response", false],
  [404, "unexpected-response", false],
  [302, "unexpected-response", false],
  [408, "unexpected-response", true],
  [429, "unexpected-response", true],
  [502, "service-unavailable", true],
] as const)("serviceError() of a %i that did not come from COS is %s", (status, code, retryable) => {
  const error = errorOf(status, "<html>proxy</html>", {});
  expect(error).toMatchObject({ code, retryable, requestId: undefined });
  expect(error.message).toContain("did not come from COS");
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "serviceError() with the code %s is classified by its status",
  (cosCode) => {
    expect(errorOf(403, errorDocument(cosCode))).toMatchObject({ code: "access-denied", retryable: false });
  },
);

test("serviceError() of a proxy that asks for credentials says where they are given", () => {
  expect(errorOf(407, "", {}).hint).toMatch(/^a proxy asks for credentials: .*http:\/\/user:password@proxy/);
  expect(errorOf(403, "", {}).hint).toBeUndefined();
});

describe("serverTime()", () => {
  const date = { date: "Wed, 15 Nov 2023 00:00:07 GMT" };

  test("prefers the document's ServerTime", () => {
    const body = errorDocument("RequestTimeTooSkewed", "", "<ServerTime>1700000000</ServerTime>");
    expect(serverTime(new Headers(date), readXml(body))).toBe(1_700_000_000_000);
  });

  test("falls back to the Date header, also when ServerTime is no number", () => {
    const body = errorDocument("RequestTimeTooSkewed", "", "<ServerTime>noon</ServerTime>");
    expect(serverTime(new Headers(date), readXml(body))).toBe(Date.parse(date.date));
  });

  test("is NaN without either", () => {
    expect(serverTime(new Headers(), undefined)).toBeNaN();
  });
});
