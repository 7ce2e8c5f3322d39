import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WireRequest } from "@cosup/core/runtime";
import { createEmulator, type Emulator, type EmulatorCredentials } from "@cosup/emulator";
import { SECRET_ID, SECRET_KEY } from "./secrets.ts";
import { track } from "./untracked-work.ts";

export const BUCKET = "chaos-1250000000";
const HOST = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;

/** A whole response of the service. */
export interface Served {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly crc64: string | undefined;
  readonly type: string | undefined;
}

export type LiveCredentials = { -readonly [Name in keyof EmulatorCredentials]: EmulatorCredentials[Name] };

/** The emulator in this process, without sockets, and the oracle's direct view of its store. */
export class Service {
  /** May be changed at any time: the emulator reads it for each request. */
  readonly credentials: LiveCredentials[] = [{ secretId: SECRET_ID, secretKey: SECRET_KEY }];
  readonly #directory: string;
  readonly #emulator: Emulator;

  private constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#emulator = createEmulator({
      data: directory,
      buckets: [BUCKET],
      credentials: this.credentials,
      minPartSize: 1,
      // Only the oracle sends unsigned requests. The rig checks that requests of clients are signed.
      anonymous: true,
      now,
    });
  }

  static async open(now: () => number): Promise<Service> {
    const memory = "/dev/shm";
    const directory = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), "cosup-chaos-"));
    const service = new Service(directory, now);
    await service.#emulator.ready();
    return service;
  }

  /** Serves one request with the body that arrived, which may be another than was sent. */
  handle(
    request: Pick<WireRequest, "method" | "url" | "headers">,
    body: Uint8Array | undefined,
  ): Promise<Served> {
    return track(this.#handle(request, body));
  }

  async #handle(
    { method, url, headers }: Pick<WireRequest, "method" | "url" | "headers">,
    body: Uint8Array | undefined,
  ): Promise<Served> {
    const { host, pathname, search } = new URL(url);
    const length: Record<string, string> =
      body === undefined ? {} : { "content-length": String(body.length) };
    const response = await this.#emulator.handle({
      method,
      target: `${pathname}${search}`,
      headers: { ...headers, host, ...length },
      body: once(body),
    });
    const chunks: Uint8Array[] = [];
    if (typeof response.body === "string") chunks.push(Buffer.from(response.body));
    else for await (const chunk of response.body ?? []) chunks.push(chunk);
    const entries = Object.entries(response.headers).map(
      ([name, value]) => [name.toLowerCase(), value] as const,
    );
    return { status: response.status, headers: new Map(entries), body: Buffer.concat(chunks) };
  }

  /** What the service holds at a key. */
  async object(key: string): Promise<StoredObject | undefined> {
    const { status, headers, body } = await this.#ask("GET", path(key));
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`the oracle cannot read ${key}: ${status}`);
    return {
      bytes: body,
      crc64: headers.get("x-cos-hash-crc64ecma"),
      type: headers.get("x-cos-object-type"),
    };
  }

  /** All unfinished uploads. */
  async uploads(): Promise<{ key: string; uploadId: string }[]> {
    const text = Buffer.from((await this.#ask("GET", "/?uploads&max-uploads=1000")).body).toString();
    return [...text.matchAll(/<Upload>([\s\S]*?)<\/Upload>/g)].map(([, upload = ""]) => ({
      key: element(upload, "Key"),
      uploadId: element(upload, "UploadId"),
    }));
  }

  /** Stores an object without any client. */
  async plant(key: string, bytes: Uint8Array, headers: Record<string, string> = {}): Promise<void> {
    await this.#expect(await this.#ask("PUT", path(key), bytes, headers), "plant an object");
  }

  /** Appends without any client; returns whether the position was right. */
  async plantAppend(key: string, position: number, bytes: Uint8Array): Promise<boolean> {
    const target = `${path(key)}?append&position=${position}`;
    return (await this.#ask("POST", target, bytes)).status === 200;
  }

  /** Deletes an object without any client. */
  async erase(key: string): Promise<void> {
    await this.#ask("DELETE", path(key));
  }

  /** Aborts any upload without any client; it may be gone already. */
  async abort(key: string, uploadId: string): Promise<void> {
    await this.#ask("DELETE", `${path(key)}?uploadId=${uploadId}`);
  }

  /** Stores an object in parts without any client. */
  async plantInParts(
    key: string,
    parts: readonly Uint8Array[],
    headers: Record<string, string>,
  ): Promise<void> {
    const begun = await this.#ask("POST", `${path(key)}?uploads`, new Uint8Array(0), headers);
    const uploadId = element(Buffer.from(begun.body).toString(), "UploadId");
    let document = "";
    for (const [index, part] of parts.entries()) {
      const number = index + 1;
      const stored = await this.#ask("PUT", `${path(key)}?partNumber=${number}&uploadId=${uploadId}`, part);
      document += `<Part><PartNumber>${number}</PartNumber><ETag>${stored.headers.get("etag")}</ETag></Part>`;
    }
    const body = Buffer.from(`<CompleteMultipartUpload>${document}</CompleteMultipartUpload>`);
    await this.#expect(await this.#ask("POST", `${path(key)}?uploadId=${uploadId}`, body), "plant parts");
  }

  /** Initiates an upload of another writer. */
  async plantUpload(key: string, parts: readonly Uint8Array[]): Promise<string> {
    const begun = await this.#ask("POST", `${path(key)}?uploads`, new Uint8Array(0));
    await this.#expect(begun, "plant an upload");
    const uploadId = element(Buffer.from(begun.body).toString(), "UploadId");
    for (const [index, part] of parts.entries()) {
      const target = `${path(key)}?partNumber=${index + 1}&uploadId=${uploadId}`;
      await this.#expect(await this.#ask("PUT", target, part), "plant a part");
    }
    return uploadId;
  }

  async close(): Promise<void> {
    await track(this.#emulator.close());
    await track(rm(this.#directory, { recursive: true, force: true }));
  }

  #ask(
    method: string,
    target: string,
    body?: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Served> {
    return this.handle({ method, url: `https://${HOST}${target}`, headers }, body);
  }

  async #expect(served: Served, what: string): Promise<void> {
    if (served.status !== 200) throw new Error(`the oracle cannot ${what}: ${served.status}`);
  }
}

function path(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

function element(text: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
}

async function* once(body: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  if (body !== undefined && body.length > 0) yield body;
}
