import { createHash, createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { HOST, KEYS, queryText, type TestResponse, textIn } from "./requests.ts";

/** One S3 request. All but method and path have defaults. */
export interface S3Ask {
  readonly method: string;
  /** Escaped path, with its leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that are sent and not signed. */
  readonly unsigned?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly host?: string;
  /** The value of x-amz-content-sha256. Default: the digest of the body. */
  readonly payloadHash?: string;
  readonly sign?: S3SignOptions;
}

export interface S3SignOptions {
  readonly secretId?: string;
  readonly secretKey?: string;
  /** Milliseconds since the epoch. */
  readonly time?: number;
  /** In the place of `date/region/s3/aws4_request`. */
  readonly scope?: string;
  /** Puts the signature into the query, valid for so many seconds. */
  readonly expires?: number;
}

/** A signed request, ready to be sent. */
export interface SignedS3 {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the signatures of chunks go on from. */
  readonly chain: SignatureChain;
}

export interface SignatureChain {
  readonly key: Buffer;
  readonly timestamp: string;
  readonly scope: string;
  readonly seed: string;
}

/** An independent signer, so that the emulator's verifier is not tested against itself. */
export function signS3(ask: S3Ask, nowMs: number): SignedS3 {
  const sign = ask.sign ?? {};
  const timestamp = new Date(sign.time ?? nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = sign.scope ?? `${timestamp.slice(0, 8)}/ap-guangzhou/s3/aws4_request`;
  const secretId = sign.secretId ?? KEYS.secretId;
  const presigned = sign.expires !== undefined;
  const payloadHash = ask.payloadHash ?? (presigned ? "UNSIGNED-PAYLOAD" : hex(ask.body ?? ""));
  const headers: Record<string, string> = { host: ask.host ?? HOST, ...ask.headers };
  if (!presigned) Object.assign(headers, { "x-amz-date": timestamp, "x-amz-content-sha256": payloadHash });
  const names = Object.keys(headers).sort();
  const query: Record<string, string> = { ...ask.query };
  if (presigned) {
    query["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256";
    query["X-Amz-Credential"] = `${secretId}/${scope}`;
    query["X-Amz-Date"] = timestamp;
    query["X-Amz-Expires"] = String(sign.expires);
    query["X-Amz-SignedHeaders"] = names.join(";");
  }
  const canonicalQuery = queryText(
    Object.fromEntries(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = [
    ask.method,
    ask.path,
    canonicalQuery,
    canonicalHeaders,
    names.join(";"),
    payloadHash,
  ].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>(
      (last, text) => hmac(last, text),
      `AWS4${sign.secretKey ?? KEYS.secretKey}`,
    ) as Buffer;
  const seed = hmac(key, `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hex(canonical)}`).toString("hex");
  if (presigned) query["X-Amz-Signature"] = seed;
  else {
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${seed}`;
  }
  const sent = Object.keys(query).length > 0 ? `?${queryText(query)}` : "";
  return {
    target: ask.path + sent,
    headers: { ...headers, ...ask.unsigned },
    chain: { key, timestamp, scope, seed },
  };
}

/** Frames a body as `aws-chunked`. With a chain, each chunk and the trailers are signed. */
export function frame(
  parts: readonly (string | Uint8Array)[],
  chain?: SignatureChain,
  trailers: readonly string[] = [],
): Buffer {
  const out: (string | Uint8Array)[] = [];
  let previous = chain?.seed ?? "";
  const next = (kind: string, hashes: string): string => {
    if (!chain) return "";
    const { timestamp, scope, key } = chain;
    previous = hmac(key, `AWS4-HMAC-SHA256-${kind}\n${timestamp}\n${scope}\n${previous}\n${hashes}`).toString(
      "hex",
    );
    return previous;
  };
  for (const part of [...parts, ""]) {
    const size = Buffer.byteLength(part).toString(16);
    const signed = chain ? `;chunk-signature=${next("PAYLOAD", `${hex("")}\n${hex(part)}`)}` : "";
    out.push(`${size}${signed}\r\n`, part);
    if (part.length > 0) out.push("\r\n");
  }
  for (const line of trailers) out.push(`${line}\r\n`);
  if (chain && trailers.length > 0) {
    const signed = next("TRAILER", hex(trailers.map((line) => `${line}\n`).join("")));
    out.push(`x-amz-trailer-signature:${signed}\r\n`);
  }
  out.push("\r\n");
  return Buffer.concat(out.map((piece) => Buffer.from(piece)));
}

/** Sends one request as it is, and reads the response. */
export function exchangeS3(
  port: number,
  ask: S3Ask,
  signed: SignedS3,
  body = ask.body,
): Promise<TestResponse> {
  const headers: Record<string, string> = { ...signed.headers };
  if (body !== undefined || ask.method === "PUT" || ask.method === "POST") {
    headers["content-length"] ??= String(Buffer.byteLength(body ?? ""));
  }
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method: ask.method, path: signed.target, headers };
    const request = httpRequest(options, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const bytes = Buffer.concat(chunks);
      const text = bytes.toString("utf8");
      const received = response.headers as Record<string, string>;
      resolve({
        status: response.statusCode ?? 0,
        headers: received,
        bytes,
        text,
        code: textIn(text, "Code"),
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function hex(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
