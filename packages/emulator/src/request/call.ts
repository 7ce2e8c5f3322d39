import type { BucketStore } from "../store/bucket-store.ts";
import type { Call, CallParts } from "../types.ts";
import { addressedBucket } from "./addressed-bucket.ts";

export function createCall(parts: CallParts): Call {
  return new RequestCall(parts);
}

/** A class, because V8 makes a hidden class for each object of a literal with a spread or a getter, and keeps it for long. */
class RequestCall implements Call {
  readonly operation: CallParts["operation"];
  readonly method: string;
  readonly address: CallParts["address"];
  readonly query: CallParts["query"];
  readonly headers: CallParts["headers"];
  readonly body: CallParts["body"];
  readonly openBody: CallParts["openBody"];
  readonly caller: CallParts["caller"];
  readonly connection: CallParts["connection"];
  readonly dialect: CallParts["dialect"];
  readonly requestId: string;
  readonly settings: CallParts["settings"];
  readonly store: CallParts["store"];
  readonly key: string;

  constructor(parts: CallParts) {
    this.operation = parts.operation;
    this.method = parts.method;
    this.address = parts.address;
    this.query = parts.query;
    this.headers = parts.headers;
    this.body = parts.body;
    this.openBody = parts.openBody;
    this.caller = parts.caller;
    this.connection = parts.connection;
    this.dialect = parts.dialect;
    this.requestId = parts.requestId;
    this.settings = parts.settings;
    this.store = parts.store;
    this.key = parts.address.key;
  }

  get owner(): string {
    const uin = /-(\d+)$/.exec(this.address.bucket ?? "")?.[1] ?? "0";
    return `qcs::cam::uin/${uin}:uin/${uin}`;
  }

  get now(): number {
    return this.settings.now();
  }

  get bucket(): BucketStore {
    return addressedBucket(this.store, this.address.bucket);
  }

  header(name: string): string | undefined {
    return this.headers.get(name);
  }

  withBody(body: CallParts["body"]): Call {
    return createCall({ ...this, body: this.openBody(body) });
  }
}
