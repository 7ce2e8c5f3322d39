import { createHash, createHmac } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";

export const BUCKET = "test-1250000000";
export const HOST = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;
export const KEYS = { secretId: "AKIDtest", secretKey: "secret-of-test" };
const agent = new Agent({ keepAlive: true });

/** The properties of one request. All have defaults. */
export interface Ask {
  readonly method: string;
  /** Escaped path, with its leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly chunked?: boolean;
  readonly host?: string;
  /** False sends the request unsigned. */
  readonly sign?: false | SignOptions;
}

export interface SignOptions {
  readonly secretId?: string;
  readonly secretKey?: string;
  /** Unix seconds. */
  readonly start?: number;
  readonly end?: number;
  /** The path that goes into the signature, decoded. */
  readonly path?: string;
  readonly signedHeaders?: readonly string[];
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** The code of an Error document. */
  readonly code: string | undefined;
}

/** An independent signer, so that the emulator's verifier is not tested against itself. */
export function authorize(ask: Ask, headers: Readonly<Record<string, string>>, nowSeconds: number): string {
  const options = ask.sign === false ? {} : (ask.sign ?? {});
  const time = `${options.start ?? nowSeconds - 60};${options.end ?? nowSeconds + 600}`;
  const names = options.signedHeaders ?? [
    "host",
    ...Object.keys(headers).filter((n) => n.startsWith("x-cos-")),
  ];
  const [headerList, headerText] = listed(
    Object.fromEntries(names.map((name) => [name, headers[name] ?? ""])),
  );
  const [queryList, queryText] = listed(ask.query ?? {});
  const path = options.path ?? decodeURIComponent(ask.path);
  const http = `${ask.method.toLowerCase()}\n${path}\n${queryText}\n${headerText}\n`;
  const toSign = `sha1\n${time}\n${createHash("sha1").update(http).digest("hex")}\n`;
  const signKey = hmac(options.secretKey ?? KEYS.secretKey, time);
  return (
    `q-sign-algorithm=sha1&q-ak=${options.secretId ?? KEYS.secretId}&q-sign-time=${time}&q-key-time=${time}` +
    `&q-header-list=${headerList}&q-url-param-list=${queryList}&q-signature=${hmac(signKey, toSign)}`
  );
}

/** `name=value&…` as it stands in a query. */
export function queryText(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
}

export function md5(body: string | Uint8Array, encoding: "hex" | "base64" = "hex"): string {
  return createHash("md5").update(body).digest(encoding);
}

/** The text of the first element of a name. */
export function textIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll("&quot;", '"');
}

/** The texts of every element of a name. */
export function textsIn(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map((match) => match[1] ?? "");
}

function hmac(key: string, text: string): string {
  return createHmac("sha1", key).update(text).digest("hex");
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function listed(values: Readonly<Record<string, string>>): [names: string, pairs: string] {
  const pairs = Object.entries(values)
    .map(([name, value]) => [percentEncode(name).toLowerCase(), percentEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [pairs.map(([name]) => name).join(";"), pairs.map(([name, value]) => `${name}=${value}`).join("&")];
}

/** Sends one request and reads the response. */
export function exchange(port: number, ask: Ask, nowSeconds: number): Promise<TestResponse> {
  const headers: Record<string, string> = { host: ask.host ?? HOST, ...ask.headers };
  const length = ask.body === undefined ? 0 : Buffer.byteLength(ask.body);
  const bodiless = ["GET", "HEAD", "DELETE"].includes(ask.method) && ask.body === undefined;
  if (!ask.chunked && !bodiless) headers["content-length"] ??= String(length);
  if (ask.sign !== false) headers.authorization = authorize(ask, headers, nowSeconds);
  const query = ask.query ? `?${queryText(ask.query)}` : "";
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port,
        method: ask.method,
        path: ask.path + query,
        headers,
        agent,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString("utf8");
          const receivedHeaders = response.headers as Record<string, string>;
          resolve({
            status: response.statusCode ?? 0,
            headers: receivedHeaders,
            bytes,
            text,
            code: textIn(text, "Code"),
          });
        });
      },
    );
    request.on("error", reject);
    // Two writes, so that node does not turn a chunked body into one of known length.
    if (ask.chunked) request.write(Buffer.from(ask.body ?? "").subarray(0, 1));
    request.end(ask.chunked ? Buffer.from(ask.body ?? "").subarray(1) : ask.body);
  });
}

/** Sends bytes as they are, `rest` after a pause, and reads until the connection ends. */
export function rawExchange(
  port: number,
  bytes: string | Uint8Array,
  after: "stay" | "half-close" = "stay",
  rest = "",
  pauseMs = 0,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.write(bytes);
    if (rest !== "") setTimeout(() => socket.write(rest), pauseMs);
    if (after === "half-close") socket.end();
  });
}
