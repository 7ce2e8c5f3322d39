import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { authenticate } from "../../src/auth/authenticate.ts";
import { sign } from "../../src/auth/canonical.ts";
import { parseAuthorization } from "../../src/auth/fields.ts";
import { CosErrorResponse } from "../../src/errors.ts";
import { withDefaults } from "../../src/options.ts";
import { type AddressBook, locate } from "../../src/request/address.ts";
import { normaliseHeaders } from "../../src/request/headers.ts";
import { Query } from "../../src/request/query.ts";
import { combineCrc64 } from "../../src/store/crc64.ts";
import { queryText } from "../rig.ts";

interface Vector {
  name: string;
  method: string;
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  secretId: string;
  secretKey: string;
  keyTime: string;
  urlPath: string;
  pathname: string;
  httpString: string;
  stringToSign: string;
  authorization: string;
}
interface Presigned {
  params: { Method: string; Headers?: Record<string, string> };
  nowMs?: number;
  nowSeconds?: number;
  securityToken?: string;
  url: string;
}
interface Vectors {
  vectors: Vector[];
  presigned: Record<string, Presigned[]>;
  crc64combine: { desc: string; crcA: string; crcB: string; lenB: number; crcAB: string }[];
}

const path = new URL("../../../../test/vectors/signature-vectors.json", import.meta.url);
const all = JSON.parse(readFileSync(path, "utf8")) as Vectors;
const book: AddressBook = { single: "examplebucket-1250000000" };

interface Request {
  method: string;
  target: string;
  headers: Record<string, string>;
  nowMs: number;
  secretId: string;
  secretKey: string;
  token?: string | undefined;
}

/** The code with which the verifier refuses, or "accepted". */
function verdict(request: Request): string {
  const { secretId, secretKey, token } = request;
  const settings = withDefaults({
    data: "unused",
    buckets: [],
    credentials: [{ secretId, secretKey, ...(token !== undefined && { token }) }],
    now: () => request.nowMs,
  });
  const headers = normaliseHeaders(request.headers);
  try {
    const address = locate(request.target, headers.get("host"), book);
    const query = new Query(address.query);
    const caller = authenticate({ method: request.method, address, query, headers }, settings);
    return caller.kind === "signed" ? "accepted" : "anonymous";
  } catch (error) {
    if (error instanceof CosErrorResponse) return error.code;
    throw error;
  }
}

function fromHeaderVector(vector: Vector): Request {
  const query = Object.keys(vector.query).length > 0 ? `?${queryText(vector.query)}` : "";
  // On the wire a value above ASCII is its UTF-8 bytes.
  const wire = Object.entries(vector.headers).map(
    ([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")] as const,
  );
  return {
    method: vector.method,
    target: vector.urlPath + query,
    headers: { ...Object.fromEntries(wire), Authorization: vector.authorization },
    nowMs: Number(vector.keyTime.split(";")[0]) * 1000 + 1000,
    secretId: vector.secretId,
    secretKey: vector.secretKey,
    token: vector.headers["x-cos-security-token"],
  };
}

describe.each(all.vectors)("header vector $name", (vector) => {
  const request = fromHeaderVector(vector);
  const signedHeaders = parseAuthorization(vector.authorization).headerNames;

  test("is accepted at its time", () => {
    expect(verdict(request)).toBe("accepted");
  });

  test("yields the documented strings", () => {
    const fields = parseAuthorization(vector.authorization);
    const signed = sign(
      {
        method: vector.method,
        path: vector.pathname,
        headers: new Map(Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value])),
        parameters: new Map(Object.entries(vector.query).map(([name, value]) => [name.toLowerCase(), value])),
        headerReading: "latin-1 text",
      },
      fields,
      vector.secretKey,
    );
    expect(signed.httpString).toBe(vector.httpString);
    expect(signed.stringToSign).toBe(vector.stringToSign);
    expect(signed.signature).toBe(fields.signature);
  });

  test("is refused after any change to what it covers", () => {
    const changes: Partial<Request>[] = [
      { method: vector.method === "GET" ? "HEAD" : "GET" },
      { target: request.target.replace(/^\//, "/x") },
      { secretKey: `${vector.secretKey}x` },
      { headers: { ...request.headers, Authorization: flipLast(vector.authorization) } },
      { headers: { ...request.headers, Authorization: moveWindow(vector.authorization) } },
    ];
    for (const name of Object.keys(vector.headers)) {
      if (!signedHeaders.includes(name.toLowerCase())) continue;
      const changed = `${request.headers[name]}1`;
      changes.push({ headers: { ...request.headers, [name]: changed } });
    }
    for (const name of Object.keys(vector.query)) {
      const query = { ...vector.query, [name]: `${vector.query[name]}x` };
      changes.push({ target: `${vector.urlPath}?${queryText(query)}` });
    }
    for (const change of changes)
      expect([change, verdict({ ...request, ...change })]).toEqual([change, "SignatureDoesNotMatch"]);
  });

  test("is refused outside its window and under another key", () => {
    const [start = 0, end = 0] = vector.keyTime.split(";").map(Number);
    // A signed Date is checked too, and it is near the start of the window.
    const late = signedHeaders.includes("date") ? "RequestTimeTooSkewed" : "AccessDenied";
    expect(verdict({ ...request, nowMs: (end + 1) * 1000 })).toBe(late);
    expect(verdict({ ...request, nowMs: (start - 60) * 1000 })).toBe("AccessDenied");
    expect(verdict({ ...request, nowMs: (start - 1000) * 1000 })).toBe("RequestTimeTooSkewed");
    expect(verdict({ ...request, secretId: "AKIDother" })).toBe("InvalidAccessKeyId");
  });
});

const presigned = Object.entries(all.presigned).flatMap(([sdk, urls]) =>
  urls.map((url, index) => ({ name: `${sdk} ${index + 1}`, ...url })),
);

describe.each(presigned)("presigned URL $name", (vector) => {
  const url = /^https:\/\/([^/]+)(.*)$/.exec(vector.url);
  const [host = "", target = ""] = [url?.[1], url?.[2]];
  const token = new Query(target.split("?")[1] ?? "").get("x-cos-security-token");
  const request: Request = {
    method: vector.params.Method,
    target,
    headers: { Host: host, ...vector.params.Headers },
    nowMs: vector.nowMs ?? (vector.nowSeconds ?? 0) * 1000,
    secretId: "AKIDEXAMPLEfakefakefakefakefakefake00",
    secretKey: "fakeSecretKeyfakeSecretKeyfake00",
    token,
  };

  test("is accepted", () => {
    expect(verdict(request)).toBe("accepted");
  });

  test("is accepted in one sign parameter", () => {
    const [path = "", query = ""] = target.split("?");
    const pairs = query.split("&");
    const isField = (pair: string): boolean => pair.startsWith("q-");
    const whole = decodeURIComponent(pairs.filter(isField).join("&"));
    const rest = pairs.filter((pair) => !isField(pair));
    const merged = `${path}?${[`sign=${encodeURIComponent(whole)}`, ...rest].join("&")}`;
    expect(verdict({ ...request, target: merged })).toBe("accepted");
    expect(verdict({ ...request, target: merged, method: "DELETE" })).toBe("SignatureDoesNotMatch");
  });

  test("is refused when changed, expired, or used for something else", () => {
    expect(verdict({ ...request, method: "DELETE" })).toBe("SignatureDoesNotMatch");
    expect(verdict({ ...request, target: target.replace(/^\//, "/x") })).toBe("SignatureDoesNotMatch");
    expect(verdict({ ...request, target: flipSignature(target) })).toBe("SignatureDoesNotMatch");
    expect(verdict({ ...request, target: target.replace(/q-signature=\w+/, "q-signature=") })).toBe(
      "AccessDenied",
    );
    expect(verdict({ ...request, nowMs: request.nowMs + 86_400_000 })).toBe("AccessDenied");
    if (target.includes("q-header-list=host")) {
      const elsewhere = { ...request.headers, Host: "other-1250000000.cos.ap-guangzhou.myqcloud.com" };
      expect(verdict({ ...request, headers: elsewhere })).toBe("SignatureDoesNotMatch");
    }
    for (const name of Object.keys(vector.params.Headers ?? {})) {
      expect(verdict({ ...request, headers: { ...request.headers, [name]: "changed" } })).toBe(
        "SignatureDoesNotMatch",
      );
    }
    if (token !== undefined) expect(verdict({ ...request, token: "another" })).not.toBe("accepted");
  });
});

test.each(all.crc64combine)("CRC64 combine: $desc", ({ crcA, crcB, lenB, crcAB }) => {
  expect(combineCrc64(crcA, crcB, lenB)).toBe(crcAB);
});

function flipLast(text: string): string {
  return text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
}

function flipSignature(target: string): string {
  return target.replace(/q-signature=(\w)/, (_, first: string) => `q-signature=${first === "0" ? "1" : "0"}`);
}

/** Prolongs the window by a second, in both places. */
function moveWindow(authorization: string): string {
  return authorization.replace(
    /time=(\d+);(\d+)/g,
    (_, start: string, end: string) => `time=${start};${Number(end) + 1}`,
  );
}
