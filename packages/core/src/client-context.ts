import { CredentialCache } from "./auth/credentials.ts";
import { ServerClock } from "./auth/server-clock.ts";
import { Signer } from "./auth/sign.ts";
import { DigestCore } from "./digest/digest-core.ts";
import { WASM_PAGE } from "./digest/wasm-instance.ts";
import { ArgumentRangeError } from "./errors.ts";
import { ClientLifetime } from "./http/client-lifetime.ts";
import { Endpoint } from "./http/endpoint.ts";
import { Line } from "./http/line.ts";
import { Observer } from "./http/observer.ts";
import { Pacer } from "./http/pacer.ts";
import { DEFAULT_LIMITS, requestLimits } from "./http/request-limits.ts";
import { RequestQueue } from "./http/request-queue.ts";
import { RetryBudget } from "./http/retry-budget.ts";
import { type CosOptions, checkOptions } from "./options.ts";
import type { ContentTypes } from "./params/content-type.ts";
import type { Clock } from "./runtime/clock.ts";
import { ReadAhead } from "./runtime/read-ahead.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { checkpointStoreOf } from "./transfers/checkpoints.ts";
import type { ClientContext } from "./transfers/context.ts";
import type { readerInBlocksFor } from "./transfers/reader-in-blocks-for.ts";
import { VERSION } from "./version.ts";
import type { ReadXml } from "./xml/document.ts";
import { readPlainXml } from "./xml/read-plain.ts";

/** Bytes of the largest part: what WASM's 4 GiB leave. */
const LARGEST_PART = 4095 * 1024 ** 2 - 1024 ** 2;

/** Creates what all calls of a client share. Nothing is sent, and no WASM memory is allocated yet. */
export function createContext(
  runtime: Runtime,
  given: CosOptions,
  clock: Clock,
  readXml: ReadXml = readPlainXml,
  readerInBlocks?: typeof readerInBlocksFor,
): ClientContext {
  const { options, provider } = checkOptions(given);
  const { bandwidthLimit } = options;
  const limited = () => (bandwidthLimit === undefined ? undefined : new Pacer(clock, Number(bandwidthLimit)));
  const pacer = limited();
  const queue = new RequestQueue(pacer?.width);
  const serverClock = new ServerClock(clock);
  const endpoint = new Endpoint(options.Endpoint, options.Region, options.Scheme ?? "https");
  const memoryBudget = options.memoryBudget === undefined ? undefined : Number(options.memoryBudget);
  return {
    runtime,
    clock,
    readXml,
    queue,
    pacer,
    receivingPacer: limited(),
    line: new Line(() => clock.now(), queue),
    lifetime: new ClientLifetime(),
    serverClock,
    endpoint,
    signer: new Signer(runtime.sha1),
    credentials: new CredentialCache(provider, () => serverClock.now(), options.credentials !== undefined),
    budget: new RetryBudget(),
    observer: new Observer(clock, options, runtime.diagnostics),
    ...requestLimits(options, DEFAULT_LIMITS),
    backupDomain: options.backupDomain ?? true,
    partUnit: runtime.defaults.partUnit,
    userAgent: `cosup/${VERSION} (${runtime.name})`,
    memoryBudget: memoryBudget ?? runtime.defaults.memoryBudget,
    readAhead: new ReadAhead(memoryBudget ?? runtime.defaults.memoryBudget),
    contentTypes: contentTypesOf(runtime, options.inferContentType ?? true),
    // Now, so that a wrong place is refused by createCos.
    checkpoints: checkpointStoreOf({ runtime }, options.checkpoints),
    largestPart: memoryBudget ?? LARGEST_PART,
    readerInBlocks: readerInBlocks?.(runtime, endpoint, pacer),
    digestCoreFor: digestCoreProvider(runtime, memoryBudget, clock),
  };
}

function contentTypesOf(runtime: Runtime, infer: NonNullable<CosOptions["inferContentType"]>): ContentTypes {
  if (typeof infer === "function") return { byDefault: true, of: infer };
  return { byDefault: infer, of: (extension) => runtime.contentTypeOf?.(extension) };
}

/**
 * Returns the digest core for a part: one for all uploads, created by the first, and a second one for parts that are
 * larger than the default budget. The second has room for one of them at a time, for all uploads. When the caller gave
 * `memoryBudget`, such a part is refused instead.
 * @param given the caller's `memoryBudget` in bytes
 */
function digestCoreProvider(
  runtime: Runtime,
  given: number | undefined,
  clock: Clock,
): (bytes: number) => Promise<DigestCore> {
  const budget = given ?? runtime.defaults.memoryBudget;
  const bytes = Math.ceil(budget / WASM_PAGE) * WASM_PAGE;
  const create = (): Promise<DigestCore> => DigestCore.create(runtime, bytes, clock);
  const shared = createOnce(create);
  const oversize = createOnce(() => DigestCore.create(runtime, LARGEST_PART, clock, true));
  return (partBytes) => {
    if (partBytes <= budget) {
      return runtime.acquireDigestCore === undefined ? shared() : runtime.acquireDigestCore(budget, create);
    }
    if (given !== undefined) {
      return Promise.reject(
        new ArgumentRangeError(
          "memoryBudget",
          `of ${given} bytes has no room for a part of ${partBytes} bytes`,
        ),
      );
    }
    if (partBytes > LARGEST_PART) {
      return Promise.reject(
        new ArgumentRangeError(
          "PartSize",
          `a part is held in memory, so it must be at most ${LARGEST_PART} bytes here`,
        ),
      );
    }
    return oversize();
  };
}

/** Creates something once, and again when that failed: a module that cannot be loaded now may be there later. */
function createOnce<T>(create: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= create().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
