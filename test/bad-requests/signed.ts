import { createHash } from "node:crypto";
import { signAws2 } from "../../packages/emulator/test/aws2-requests.ts";
import { frame, signS3 } from "../../packages/emulator/test/aws4-requests.ts";
import { authorize, queryText } from "../../packages/emulator/test/requests.ts";
import type { Plan, World } from "./plans.ts";
import type { Random } from "./random.ts";

export const KEYS = { secretId: "AKIDbadrequests", secretKey: "secret+of/bad=requests" };
export const TEMPORARY = {
  secretId: "AKIDtemporary",
  secretKey: "secret-of-temporary",
  token: "token+of/temporary==",
};

/** How a request is signed. */
export const FORMS = [
  "cos",
  "cos-query",
  "aws4",
  "aws4-query",
  "aws4-chunks",
  "aws4-trailer",
  "aws2",
  "aws2-query",
  "none",
] as const;
export type Form = (typeof FORMS)[number];

/** A request as it goes out, with everything that can still be damaged. */
export interface Outgoing {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Signs a plan in one of the forms. */
export function send(plan: Plan, form: Form, random: Random, world: World, nowMs: number): Outgoing {
  const { method, query, body } = plan;
  const host = random.chance(0.8) ? `${world.bucket}.cos.ap-guangzhou.myqcloud.com` : "127.0.0.1:9000";
  const path = host.startsWith("127") ? `/${world.bucket}/${escaped(plan.key)}` : `/${escaped(plan.key)}`;
  const temporary = random.chance(0.1);
  const sign = temporary ? TEMPORARY : KEYS;
  const headers: Record<string, string> = { host, ...plan.headers };
  if (body !== undefined) headers["content-length"] ??= String(body.length);
  // Some documents need it.
  if (body?.[0] === 0x3c) headers["content-md5"] ??= createHash("md5").update(body).digest("base64");
  if (temporary)
    headers[form.startsWith("aws") ? "x-amz-security-token" : "x-cos-security-token"] = TEMPORARY.token;
  if (form === "none") return { method, target: path + tail(query), headers, body };
  if (form === "cos" || form === "cos-query") {
    const ask = { method, path, query, sign };
    const signed = authorize(
      { ...ask, sign: { ...sign, path: decodeURIComponent(path) } },
      headers,
      nowMs / 1000,
    );
    if (form === "cos-query")
      return { method, target: `${path}${tail(query) || "?"}&${signed}`, headers, body };
    return { method, target: path + tail(query), headers: { ...headers, authorization: signed }, body };
  }
  const s3 = { method, path, query, headers: s3Names(headers), sign, body };
  if (form !== "aws2" && form !== "aws2-query") return sendS3(s3, form, nowMs);
  const { bucket } = world;
  const valid = form === "aws2-query" && { expires: 600 };
  return { method, body, ...signAws2({ ...s3, ...sign, body: "", bucket, host, ...valid }, nowMs) };
}

interface S3Plan {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly sign: { readonly secretId: string; readonly secretKey: string };
  readonly body: Buffer | undefined;
}

function sendS3({ body, headers, sign, ...plan }: S3Plan, form: Form, nowMs: number): Outgoing {
  const chunked = form === "aws4-chunks" || form === "aws4-trailer";
  const framing = chunked && {
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": String(body?.length ?? 0),
    ...(form === "aws4-trailer" && { "x-amz-trailer": "x-amz-checksum-crc32" }),
  };
  const payloadHash = {
    "aws4-chunks": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "aws4-trailer": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  };
  const signed = signS3(
    {
      ...plan,
      headers: { ...headers, ...framing },
      ...(body && { body }),
      ...(chunked && { payloadHash: payloadHash[form] }),
      sign: { ...sign, ...(form === "aws4-query" && { expires: 600 }) },
    },
    nowMs,
  );
  const chain = form === "aws4-chunks" ? signed.chain : undefined;
  const trailers = form === "aws4-trailer" ? ["x-amz-checksum-crc32:AAAAAA=="] : [];
  const sent =
    chunked && body
      ? frame(
          [body.subarray(0, 3), body.subarray(3)].filter((part) => part.length > 0),
          chain,
          trailers,
        )
      : body;
  const length: Record<string, string> = sent === undefined ? {} : { "content-length": String(sent.length) };
  return {
    method: plan.method,
    target: signed.target,
    headers: { ...signed.headers, ...length },
    body: sent,
  };
}

/** S3's names for some of the headers: the others are sent with COS's. */
function s3Names(headers: Record<string, string>): Record<string, string> {
  const rename = /^x-cos-(acl|meta-|copy-source|tagging|storage-class)/;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      rename.test(name) ? name.replace("x-cos-", "x-amz-") : name,
      value,
    ]),
  );
}

function escaped(key: string): string {
  return queryText({ k: key.toWellFormed() }).slice(2).replaceAll("%2F", "/");
}

function tail(query: Record<string, string>): string {
  return Object.keys(query).length > 0 ? `?${queryText(query)}` : "";
}
