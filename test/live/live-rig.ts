import type { CosClient, CosOptions } from "@cosup/core";
import type { Clock, Runtime, WireRequest, WireResponse } from "@cosup/core/runtime";
import type { KeyPair, Rig } from "../contract/contract.ts";
import { onlyRecords } from "../contract/fixtures/faults.ts";
import { kindOf } from "../contract/fixtures/kind.ts";
import { withMembers } from "../contract/fixtures/runtimes.ts";
import { type ClosableRig, createRig } from "../contract/rig.ts";

/** Where the suite runs; plain JSON. */
export interface LiveTarget {
  /** With `{Bucket}` in it. */
  readonly endpoint: string;
  readonly Region: string;
  readonly Bucket: string;
  readonly keys: KeyPair;
  /** What every key of this run begins with. */
  readonly prefix: string;
}

/** A case needs what a real bucket does not have: another bucket, expired keys, a server that nobody trusts, virtual time or an injected fault. */
export class NotLive extends Error {
  override readonly name = "NotLive";
}

/** The headers that COS's responses had, by operation and status. */
export type SeenHeaders = Map<string, Set<string>>;

/** The rig of one case. */
export interface LiveRig extends ClosableRig {
  /** Requests for keys outside of the prefix, which were not sent. */
  readonly refused: readonly string[];
}

/** A rig that cannot touch anything outside of the prefix. */
export function createLiveRig(
  newRuntime: () => Runtime,
  target: LiveTarget,
  seen: SeenHeaders,
  number: number,
): LiveRig {
  const { endpoint, Region, Bucket, keys, prefix } = target;
  const nobody: KeyPair = { secretId: "", secretKey: "" };
  const settings = {
    ...{ endpoint, Region, Bucket, otherBucket: "", versionedBucket: "", temporary: nobody, expired: nobody },
    permanent: keys,
    untrusted: { cosup: "", fetch: "" },
  };
  const refused: string[] = [];
  const rig = createRig(() => guarded(newRuntime(), target, seen, refused), settings, {});
  let count = 0;
  const live: LiveRig = {
    ...rig,
    refused,
    client: keys.token === undefined ? rig.client : rig.createClient({ Token: keys.token }),
    createClient: (options, wrap, clock) => createLiveClient(rig, keys, options, wrap, clock),
    uniqueKey: (name = "object") => {
      count += 1;
      return `${prefix}${name}-${number}-${count}`;
    },
  };
  for (const name of ["otherBucket", "versionedBucket", "temporary", "expired", "untrusted"] as const)
    Object.defineProperty(live, name, { get: () => refuse(`it needs ${name} of the rig`) });
  return live;
}

function createLiveClient(
  rig: Rig,
  { token }: KeyPair,
  options?: Partial<CosOptions>,
  wrap?: (runtime: Runtime) => Runtime,
  clock?: Clock,
): CosClient {
  if (clock !== undefined) refuse("it runs on virtual time");
  if (wrap !== undefined && !onlyRecords(wrap)) refuse("it injects faults");
  const ownKeys = options?.SecretId !== undefined || options?.credentials !== undefined;
  return rig.createClient({ ...(token === undefined || ownKeys ? {} : { Token: token }), ...options }, wrap);
}

function refuse(why: string): never {
  throw new NotLive(why);
}

/** Requests for keys outside of the prefix, and requests that change a bucket, are not sent: a 403 stands for them. */
function guarded(runtime: Runtime, target: LiveTarget, seen: SeenHeaders, refused: string[]): Runtime {
  const base = new URL(target.endpoint.replace("{Bucket}", target.Bucket));
  const root = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
  const send = async (request: WireRequest): Promise<WireResponse> => {
    const { pathname, host } = new URL(request.url);
    const Key = decodeURIComponent(pathname.slice(root.length));
    const reads = request.method === "GET" || request.method === "HEAD";
    if (host === base.host && !Key.startsWith(target.prefix) && !(reads && Key === "")) {
      refused.push(`${request.method} ${Key}`);
      return new Response(null, { status: 403, headers: { "x-cos-request-id": "not sent" } });
    }
    const response = await runtime.send(request);
    const operation = `${kindOf(request)} ${response.status}`;
    const names = seen.get(operation) ?? new Set();
    response.headers.forEach((_value, name) => {
      names.add(name.toLowerCase());
    });
    seen.set(operation, names);
    return response;
  };
  return withMembers(runtime, { send });
}
