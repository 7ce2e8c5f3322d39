import { describe, expect, test } from "vitest";
import {
  canonicalRequest,
  EMPTY_SHA256,
  signature,
  signingKey,
  stringToSign,
} from "../../../src/auth/aws4/canonical.ts";
import { verifiedChunks } from "../../../src/auth/aws4/chunk-verifier.ts";
import { decodeChunks } from "../../../src/auth/aws4/chunked-body.ts";
import { headerFields, presignedFields } from "../../../src/auth/aws4/fields.ts";
import { Query } from "../../../src/request/query.ts";

// The examples of AWS's documents "Authenticating Requests (AWS Signature Version 4)" for S3: these inputs, and
// these signatures.
const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
const HOST = "examplebucket.s3.amazonaws.com";

interface Example {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payloadHash?: string;
  readonly signature: string;
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  "GET Object with a range": {
    method: "GET",
    path: "/test.txt",
    headers: { range: "bytes=0-9" },
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  "PUT Object": {
    method: "PUT",
    path: "/test%24file.text",
    headers: { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  "GET Bucket lifecycle, a parameter without a value": {
    method: "GET",
    path: "/",
    query: "lifecycle",
    headers: {},
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  "List Objects, parameters out of order": {
    method: "GET",
    path: "/",
    query: "prefix=J&max-keys=2",
    headers: {},
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
  "PUT Object in signed chunks: the seed": {
    method: "PUT",
    path: "/examplebucket/chunkObject.txt",
    headers: {
      host: "s3.amazonaws.com",
      "content-encoding": "aws-chunked",
      "content-length": "66824",
      "x-amz-decoded-content-length": "66560",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
    },
    payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  },
  "PUT Object in signed chunks with a trailer: the seed": {
    method: "PUT",
    path: "/examplebucket/chunkObject.txt",
    headers: {
      host: "s3.amazonaws.com",
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": "66560",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-trailer": "x-amz-checksum-crc32c",
    },
    payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    signature: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
  },
};

function fieldsOf(signed: string, names: readonly string[]) {
  const text = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=${names.join(";")},Signature=${signed}`;
  return headerFields(text, new Map([["x-amz-date", "20130524T000000Z"]]));
}

describe("the signatures that AWS's documents print", () => {
  test.each(Object.entries(EXAMPLES))("%s", (_, example) => {
    const payloadHash = example.payloadHash ?? EMPTY_SHA256;
    const headers = new Map(
      Object.entries({
        host: HOST,
        "x-amz-content-sha256": payloadHash,
        "x-amz-date": "20130524T000000Z",
        ...example.headers,
      }),
    );
    const headerNames = [...headers.keys()].sort();
    const fields = fieldsOf(example.signature, headerNames);
    const { method, path, query = "" } = example;
    const canonical = canonicalRequest({
      ...{ method, path, query, headers, headerNames, payloadHash },
      headerReading: "bytes",
    });
    const key = signingKey(SECRET_KEY, fields);
    expect(signature(key, stringToSign(canonical, "bytes", fields))).toBe(example.signature);
  });

  test("a presigned URL", () => {
    const query =
      `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${CREDENTIAL.replaceAll("/", "%2F")}` +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    const fields = presignedFields(new Query(query));
    const canonical = canonicalRequest({
      ...{
        method: "GET",
        path: "/test.txt",
        query,
        headers: new Map([["host", HOST]]),
        headerNames: ["host"],
      },
      ...{ headerReading: "bytes", payloadHash: "UNSIGNED-PAYLOAD" },
    });
    const key = signingKey(SECRET_KEY, fields);
    expect(signature(key, stringToSign(canonical, "bytes", fields))).toBe(fields.signature);
    expect(fields.expiresSeconds).toBe(86_400);
  });
});

const LETTERS = Buffer.alloc(66_560, "a");

/** The body of the example: 64 KiB, 1 KiB, and the last chunk. */
function framed(signatures: readonly [string, string, string], trailer = ""): Buffer {
  const chunk = (size: number, signed: string) =>
    Buffer.concat([
      Buffer.from(`${size.toString(16)};chunk-signature=${signed}\r\n`),
      LETTERS.subarray(0, size),
    ]);
  const [first, second, last] = signatures;
  const lines = [chunk(65_536, first), "\r\n", chunk(1024, second), "\r\n", chunk(0, last), trailer, "\r\n"];
  return Buffer.concat(lines.map((line) => Buffer.from(line)));
}

/** In pieces of odd sizes, so that every line is cut somewhere. */
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decoded(
  seed: string,
  body: Buffer,
  size: number,
  trailerNames: readonly string[],
): Promise<Buffer> {
  const fields = fieldsOf(seed, ["host"]);
  const session = { fields, key: signingKey(SECRET_KEY, fields), payloadHash: "" };
  const rules = {
    ...{ length: 66_560, verifier: verifiedChunks(session), trailerNames },
    trailersSigned: trailerNames.length > 0,
  };
  const out: Uint8Array[] = [];
  for await (const bytes of decodeChunks(pieces(body, size), rules)) out.push(bytes);
  return Buffer.concat(out);
}

describe("the chunk signatures that AWS's documents print", () => {
  const PLAIN = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  ] as const;
  const SEED = EXAMPLES["PUT Object in signed chunks: the seed"]?.signature ?? "";

  test.each([1, 2, 3, 83, 65_536, 100_000])("in pieces of %i bytes", async (size) => {
    expect(await decoded(SEED, framed(PLAIN), size, [])).toEqual(LETTERS);
  });

  test("a chunk of another place in the chain is refused", async () => {
    const [first, second, last] = PLAIN;
    await expect(decoded(SEED, framed([second, first, last]), 4096, [])).rejects.toMatchObject({
      code: "SignatureDoesNotMatch",
    });
  });

  test("with a trailer", async () => {
    const seed = EXAMPLES["PUT Object in signed chunks with a trailer: the seed"]?.signature ?? "";
    const signatures = [
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ] as const;
    const trailer =
      "x-amz-checksum-crc32c:sOO8/Q==\r\n" +
      "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n";
    expect(await decoded(seed, framed(signatures, trailer), 77, ["x-amz-checksum-crc32c"])).toEqual(LETTERS);
    const changed = trailer.replace("sOO8", "sOO9");
    await expect(
      decoded(seed, framed(signatures, changed), 77, ["x-amz-checksum-crc32c"]),
    ).rejects.toMatchObject({ code: "SignatureDoesNotMatch" });
  });
});
