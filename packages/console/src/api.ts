import type {
  BucketsData,
  FaultsData,
  ObjectData,
  ObjectsData,
  PartsData,
  Receipt,
  UploadsData,
} from "./data.ts";

const BASE = "/_cosup/console/api/";

/** A refusal of the emulator, with its own sentence. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A request that COS's signature is wanted for. */
export interface ToSign {
  readonly Method: string;
  readonly Bucket: string;
  readonly Key?: string | undefined;
  readonly Query?: Readonly<Record<string, string>>;
  readonly Headers?: Readonly<Record<string, string>>;
}

/** The control API of the emulator, as the page uses it. */
export class Api {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  buckets(): Promise<BucketsData> {
    return this.#json("buckets");
  }

  objects(query: Readonly<Record<string, string>>): Promise<ObjectsData> {
    return this.#json("objects", query);
  }

  object(bucket: string, key: string): Promise<ObjectData> {
    return this.#json("object", { bucket, key });
  }

  uploads(): Promise<UploadsData> {
    return this.#json("uploads");
  }

  parts(bucket: string, uploadId: string): Promise<PartsData> {
    return this.#json("parts", { bucket, uploadId });
  }

  faults(): Promise<FaultsData> {
    return this.#json("faults");
  }

  installFaults(run: string, script: unknown): Promise<Receipt> {
    return this.#json(
      `faults/${encodeURIComponent(run)}`,
      {},
      { method: "PUT", body: JSON.stringify(script) },
    );
  }

  async removeFaults(run: string): Promise<void> {
    await this.#send(`faults/${encodeURIComponent(run)}`, {}, { method: "DELETE" });
  }

  /** Signs one request: no key is in the page. */
  sign(request: ToSign): Promise<{ readonly headers: Record<string, string> }> {
    return this.#json("sign", {}, { method: "POST", body: JSON.stringify(request) });
  }

  /** The path of a signed download. */
  async download(bucket: string, key: string, versionId: string): Promise<string> {
    const query = { bucket, key, ...(versionId === "null" ? {} : { versionId }) };
    return (await this.#json<{ readonly path: string }>("download", query)).path;
  }

  /** The stream of events, of which `after` are known. */
  live(after: number | undefined, signal: AbortSignal): Promise<Response> {
    return this.#send("live", after === undefined ? {} : { after: String(after) }, { signal });
  }

  /** Sends a request to COS itself, signed. Throws what COS refuses. */
  async cos(request: ToSign): Promise<void> {
    const { headers } = await this.sign(request);
    const query = new URLSearchParams(request.Query).toString().replaceAll("+", "%20");
    const path = `/${request.Bucket}/${encodeURIComponent(request.Key ?? "")}${query && `?${query}`}`;
    const response = await fetch(path, { method: request.Method, headers });
    const text = await response.text();
    if (response.ok) return;
    const [, code = response.statusText] = /<Code>([^<]*)/.exec(text) ?? [];
    throw new ApiError(response.status, `COS refused: ${code}`);
  }

  async #json<T>(
    path: string,
    query: Readonly<Record<string, string>> = {},
    init: RequestInit = {},
  ): Promise<T> {
    return (await (await this.#send(path, query, init)).json()) as T;
  }

  async #send(path: string, query: Readonly<Record<string, string>>, init: RequestInit): Promise<Response> {
    const search = new URLSearchParams(query).toString();
    const response = await fetch(`${BASE}${path}${search && `?${search}`}`, {
      ...init,
      headers: { "x-cosup-token": this.#token },
      cache: "no-store",
    });
    if (response.ok) return response;
    const refusal = (await response.json().catch(() => ({}))) as { error?: string; field?: string };
    const field = refusal.field === undefined ? "" : `${refusal.field}: `;
    throw new ApiError(response.status, `${field}${refusal.error ?? response.statusText}`);
  }
}
