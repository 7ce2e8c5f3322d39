/**
 * The libraries that a start does without: three quarters of the time that it takes to import this package. Each is loaded
 * by the first request that needs it, or by {@link loadSoon}.
 */
export const libraries = {
  xml: once(() => import("fast-xml-parser")),
  forms: once(() => import("@fastify/busboy")),
  crc64: once(async () => (await import("hash-wasm")).createCRC64),
} as const;

const SOON_MS = 100;

/**
 * Loads them shortly after a start: a process that has used up its descriptors by the time of the first upload could
 * not. Returns what cancels it.
 */
export function loadSoon(): () => void {
  const timer = setTimeout(() => {
    for (const load of Object.values(libraries)) load().catch(() => {});
  }, SOON_MS);
  timer.unref();
  return () => clearTimeout(timer);
}

/** Calls `load` once, and again only after it has failed. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
