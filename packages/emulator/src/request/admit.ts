import { authenticate, type Incoming } from "../auth/authenticate.ts";
import { isAws2, verifyAws2 } from "../auth/aws2/verify.ts";
import { openPayload } from "../auth/aws4/payload.ts";
import { verifyAws4 } from "../auth/aws4/verify.ts";
import { checkReader } from "../auth/check-reader.ts";
import { checkKeyPolicy } from "../auth/policy/check-policy.ts";
import { corsOf } from "../cors/policy.ts";
import { bookFor, checkBucketName, type Dialect, dialectOf } from "../s3/dialect.ts";
import { headersFromS3 } from "../s3/request-headers.ts";
import type { Store } from "../store/store.ts";
import type { Call, CallParts, EmulatorRequest, Settings } from "../types.ts";
import { type AddressBook, locate } from "./address.ts";
import { createCall } from "./call.ts";
import { checkLimits } from "./check-limits.ts";
import { normaliseHeaders } from "./headers.ts";
import type { Trace } from "./log-line.ts";
import { recognise } from "./operation.ts";
import { Query } from "./query.ts";

/** Turns a request into a call, or refuses it: address, signature, operation, read access, common limits. */
export function admit(request: EmulatorRequest, trace: Trace, settings: Settings, store: Store): Call {
  const { method, target } = request;
  const { requestId } = trace;
  const sent = normaliseHeaders(request.headers);
  const dialect = dialectOf(target, sent);
  trace.dialect = dialect;
  const address = locate(target, sent.get("host"), bookFor(dialect, addressBook(settings)));
  trace.address = address;
  trace.cors = corsOf(address.bucket, store, settings);
  const query = new Query(address.query);
  checkBucketName(dialect, address);
  const received = receive({ method, address, query, headers: sent }, dialect, request.body, settings);
  const { headers } = received;
  const scope = address.key !== "" ? "object" : address.bucket === undefined ? "service" : "bucket";
  const operation = recognise(method, scope, query, headers);
  const call = createCall({
    operation,
    method,
    address,
    query,
    requestId,
    settings,
    store,
    dialect,
    connection: request.connection,
    ...received,
  });
  trace.call = call;
  checkReader(call);
  checkKeyPolicy(call);
  checkLimits(address.key, query, headers);
  return call;
}

type Received = Pick<CallParts, "caller" | "headers" | "body" | "openBody">;

/** Authenticates a request. Headers and body of an S3 request become those of COS. */
function receive(
  incoming: Incoming,
  dialect: Dialect,
  sent: CallParts["body"],
  settings: Settings,
): Received {
  const { headers, query, address } = incoming;
  if (dialect === "cos" || incoming.method === "OPTIONS") {
    return { caller: authenticate(incoming, settings), headers, body: sent, openBody: (body) => body };
  }
  const region = address.region ?? settings.region;
  if (isAws2(headers, query)) {
    const caller = verifyAws2(incoming, settings);
    return { caller, headers: headersFromS3(headers, query, region), body: sent, openBody: (body) => body };
  }
  const { caller, session } = verifyAws4(incoming, settings);
  const plain = openPayload(session, headers, sent);
  return {
    caller,
    headers: headersFromS3(plain.headers, query, region),
    body: plain.body,
    openBody: (body) => openPayload(session, headers, body).body,
  };
}

/** What `locate` needs to know of the buckets. */
export function addressBook(settings: Settings): AddressBook {
  return { single: settings.buckets.length === 1 ? settings.buckets[0] : undefined };
}
