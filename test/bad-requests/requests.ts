import type { EmulatorRequest } from "@cosup/emulator";
import { signAws2 } from "../../packages/emulator/test/aws2-requests.ts";
import { frame, signS3 } from "../../packages/emulator/test/aws4-requests.ts";
import { authorize, queryText } from "../../packages/emulator/test/requests.ts";
import { damageBytes, damagePlan, damageText } from "./damage.ts";
import { HEADER_NAMES, oddHeaderValue } from "./oddities.ts";
import { type Plan, planFrom, type World } from "./plans.ts";
import type { Random } from "./random.ts";

export const KEYS = { secretId: "AKIDbadrequests", secretKey: "secret+of/bad=requests" };
export const TEMPORARY = {
  secretId: "AKIDtemporary",
  secretKey: "secret-of-temporary",
  token: "token+of/temporary==",
};

/** How a request is signed. */
const FORMS = [
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
interface Outgoing {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

export interface BadRequest {
  readonly form: Form;
  /** The signature that was right before the damage. */
  readonly signature: string | undefined;
  readonly request: EmulatorRequest;
}

/** A request with up to three kinds of damage, before or after it is signed. Some have none. */
export function badRequest(random: Random, world: World, nowMs: number): BadRequest {
  const plan = planFrom(random, world);
  const damages = random.pick([0, 1, 1, 1, 2, 3]);
  const before = random.below(damages + 1);
  for (let count = 0; count < before; count++) damagePlan(plan, random);
  const form = random.pick(FORMS);
  const outgoing = send(plan, form, random, world, nowMs);
  const signed =
    outgoing.headers.authorization ?? (form === "none" ? "" : decodeURIComponent(outgoing.target));
  const signature = /(?:signature=|^AWS .*:)([0-9a-f]{40,64}|[\w+/]{27}=)/i.exec(signed)?.[1];
  for (let count = before; count < damages; count++) damageOutgoing(outgoing, random);
  const { body, ...rest } = outgoing;
  return {
    form,
    signature,
    request: { ...rest, ...(body && { body: pieces(body, 1 + random.below(200)) }) },
  };
}

function send(plan: Plan, form: Form, random: Random, world: World, nowMs: number): Outgoing {
  const { method, query, body } = plan;
  const host = random.chance(0.8) ? `${world.bucket}.cos.ap-guangzhou.myqcloud.com` : "127.0.0.1:9000";
  const path = host.startsWith("127") ? `/${world.bucket}/${escaped(plan.key)}` : `/${escaped(plan.key)}`;
  const temporary = random.chance(0.1);
  const sign = temporary ? TEMPORARY : KEYS;
  const headers: Record<string, string> = { host, ...plan.headers };
  if (body !== undefined) headers["content-length"] ??= String(body.length);
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

/** Changes what was signed. */
function damageOutgoing(outgoing: Outgoing, random: Random): void {
  const names = Object.keys(outgoing.headers);
  const name = names.length > 0 ? random.pick(names) : "host";
  const legal = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
  const kinds: readonly (() => void)[] = [
    () => {
      outgoing.target = damageText(outgoing.target, random).replace(/[\s\0]/g, "");
    },
    () => {
      outgoing.target = damageText(outgoing.target, random).replace(/[\s\0]/g, "");
    },
    () => {
      outgoing.headers.authorization = legal(damageText(outgoing.headers.authorization ?? "AWS4-", random));
    },
    () => {
      outgoing.headers.authorization = legal(damageText(outgoing.headers.authorization ?? "q-ak=", random));
    },
    () => {
      outgoing.headers[name] = legal(damageText(outgoing.headers[name] ?? "", random));
    },
    () => {
      outgoing.headers[random.pick(HEADER_NAMES)] = oddHeaderValue(random);
    },
    () => {
      delete outgoing.headers[name];
    },
    () => {
      outgoing.method = random.pick(["GET", "PUT", "POST", "DELETE", "HEAD"]);
    },
    () => {
      outgoing.body = outgoing.body && damageBytes(outgoing.body, random);
    },
    () => {
      outgoing.body = outgoing.body && damageBytes(outgoing.body, random);
    },
  ];
  random.pick(kinds)();
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

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
