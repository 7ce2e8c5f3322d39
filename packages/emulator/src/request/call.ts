import type { Caller } from "../auth/authenticate.ts";
import { CosFault } from "../errors.ts";
import type { Settings } from "../options.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import type { Store } from "../store/store.ts";
import type { Address } from "./address.ts";
import type { OperationName } from "./operation.ts";
import type { Query } from "./query.ts";

/** Everything an operation may look at. */
export interface CallParts {
  readonly operation: OperationName;
  readonly method: string;
  readonly address: Address;
  readonly query: Query;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Uint8Array> | undefined;
  readonly caller: Caller;
  readonly requestId: string;
  readonly settings: Settings;
  readonly store: Store;
}

/** One recognised, authenticated request. */
export class Call {
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /** The same request once more, with a body that can be read. */
  again(body: CallParts["body"]): Call {
    return new Call({ ...this.#parts, body });
  }

  get operation(): OperationName {
    return this.#parts.operation;
  }
  get method(): string {
    return this.#parts.method;
  }
  get address(): Address {
    return this.#parts.address;
  }
  get query(): Query {
    return this.#parts.query;
  }
  get headers(): ReadonlyMap<string, string> {
    return this.#parts.headers;
  }
  get body(): AsyncIterable<Uint8Array> | undefined {
    return this.#parts.body;
  }
  get caller(): Caller {
    return this.#parts.caller;
  }
  get requestId(): string {
    return this.#parts.requestId;
  }
  get settings(): Settings {
    return this.#parts.settings;
  }
  get store(): Store {
    return this.#parts.store;
  }
  get key(): string {
    return this.#parts.address.key;
  }
  get now(): number {
    return this.#parts.settings.now();
  }

  /** A header's value; absent and empty are the same. */
  header(name: string): string | undefined {
    return this.#parts.headers.get(name);
  }

  /** The addressed bucket; looking at a missing one is NoSuchBucket. */
  get bucket(): BucketStore {
    const name = this.#parts.address.bucket;
    const bucket = name === undefined ? undefined : this.#parts.store.bucket(name);
    if (!bucket) throw new CosFault("NoSuchBucket", "The specified bucket does not exist.");
    return bucket;
  }

  /** Account that owns everything here: the number in the bucket's name. */
  get owner(): string {
    const uin = /-(\d+)$/.exec(this.#parts.address.bucket ?? "")?.[1] ?? "0";
    return `qcs::cam::uin/${uin}:uin/${uin}`;
  }
}
