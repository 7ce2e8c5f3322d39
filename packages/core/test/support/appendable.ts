import { createHash } from "node:crypto";
import { crc64 } from "hash-wasm";
import type { WireRequest, WireResponse } from "../../src/runtime/wire.ts";
import { Broken, cosResponse, refusal, type Step } from "./wire.ts";

/** The fault of one append, which may have been carried out. */
export type AppendFault =
  | "lost after it happened"
  | "lost before it happened"
  | "lost, and happens after the next HEAD"
  | "500 after it happened"
  | "503 after it happened"
  | "request timeout"
  | "incomplete body"
  | "shorter other append instead"
  | "other append instead"
  | "other append of another length instead"
  | "slow down";

/** One appendable object, and the faults of its appends in order. */
export class Appendable {
  bytes: Uint8Array = new Uint8Array(0);
  exists = false;
  appends = 0;
  readonly #faults: AppendFault[];
  #late: Uint8Array | undefined;
  /** The response to HEAD and GET instead of the object, when set. */
  headStep: (() => Step) | undefined;
  getStep: (() => Step) | undefined;

  constructor(faults: readonly AppendFault[]) {
    this.#faults = [...faults];
  }

  get faultsLeft(): number {
    return this.#faults.length;
  }

  readonly respond = (request: WireRequest): Step => {
    if (request.method === "HEAD") return this.headStep?.() ?? (() => this.#head());
    if (request.method === "GET") return this.getStep?.() ?? this.#get(request);
    return this.#append(request);
  };

  grow(more: Uint8Array): void {
    const grown = new Uint8Array(this.bytes.length + more.length);
    grown.set(this.bytes);
    grown.set(more, this.bytes.length);
    this.bytes = grown;
    this.exists = true;
  }

  #append(request: WireRequest): Step {
    this.appends += 1;
    const body = (request.body ?? new Uint8Array(0)).slice();
    const position = Number(new URL(request.url).searchParams.get("position"));
    // COS refuses this before it reads the object.
    const fault = this.#faults[0];
    if (fault === "slow down") return this.#slowDown();
    if (position !== this.bytes.length) return refusal(409, "AppendPositionErr");
    this.#faults.shift();
    switch (fault) {
      case "lost before it happened":
        return new Broken("reset");
      case "lost after it happened":
        this.grow(body);
        return new Broken("timeout");
      case "500 after it happened":
        this.grow(body);
        return refusal(500, "InternalError");
      case "503 after it happened":
        this.grow(body);
        return refusal(503, "ServiceUnavailable");
      case "request timeout":
        return refusal(400, "RequestTimeout");
      case "incomplete body":
        return refusal(400, "IncompleteBody");
      case "shorter other append instead":
        this.grow(new Uint8Array(body.length - 1).fill(0x66));
        return new Broken("reset");
      case "lost, and happens after the next HEAD":
        this.#late = body;
        return new Broken("timeout");
      case "other append instead":
        this.grow(new Uint8Array(body.length).fill(0x66));
        return new Broken("reset");
      case "other append of another length instead":
        this.grow(new Uint8Array(body.length + 1).fill(0x66));
        return new Broken("reset");
      default:
        this.grow(body);
        return cosResponse(200, { etag: '"a"', "x-cos-next-append-position": String(this.bytes.length) });
    }
  }

  #slowDown(): Step {
    this.#faults.shift();
    return refusal(503, "SlowDown");
  }

  async #head(): Promise<WireResponse> {
    if (!this.exists) {
      this.#landLate();
      return cosResponse(404);
    }
    const headers = {
      etag: `"${createHash("md5").update(this.bytes).digest("hex")}-a"`,
      "content-length": String(this.bytes.length),
      "x-cos-hash-crc64ecma": BigInt(`0x${await crc64(this.bytes)}`).toString(),
    };
    this.#landLate();
    return cosResponse(200, headers);
  }

  #landLate(): void {
    if (this.#late !== undefined) this.grow(this.#late);
    this.#late = undefined;
  }

  #get(request: WireRequest): Step {
    const [, first = "0", last = "0"] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const range = this.bytes.slice(Number(first), Number(last) + 1);
    return new Response(range, { status: 206, headers: { "x-cos-request-id": "id" } });
  }
}
