import { authenticate } from "../auth/authenticate.ts";
import { checkReader } from "../auth/check-reader.ts";
import type { Store } from "../store/store.ts";
import type { Call, EmulatorRequest, Settings } from "../types.ts";
import { type AddressBook, locate } from "./address.ts";
import { createCall } from "./call.ts";
import { checkLimits } from "./check-limits.ts";
import { normaliseHeaders } from "./headers.ts";
import type { Trace } from "./log-line.ts";
import { recognise } from "./operation.ts";
import { Query } from "./query.ts";

/** Turns a request into a call, or refuses it: address, signature, operation, read access, common limits. */
export function admit(request: EmulatorRequest, trace: Trace, settings: Settings, store: Store): Call {
  const { method, body } = request;
  const { requestId } = trace;
  const headers = normaliseHeaders(request.headers);
  const address = locate(request.target, headers.get("host"), addressBook(settings, store));
  trace.address = address;
  const query = new Query(address.query);
  const caller = authenticate({ method, address, query, headers }, settings);
  const scope = address.key !== "" ? "object" : address.bucket === undefined ? "service" : "bucket";
  const operation = recognise(method, scope, query, headers);
  const parts = { operation, method, address, query, headers, body, caller, requestId, settings, store };
  const call = createCall(parts);
  trace.call = call;
  checkReader(call);
  checkLimits(address.key, query, headers);
  return call;
}

/** What `locate` needs to know of the buckets. */
export function addressBook(settings: Settings, store: Store): AddressBook {
  return {
    single: settings.buckets.length === 1 ? settings.buckets[0] : undefined,
    has: (bucket) => store.bucket(bucket) !== undefined,
  };
}
