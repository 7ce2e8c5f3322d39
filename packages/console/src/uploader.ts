import type { Api } from "./api.ts";

type Module = typeof import("@cosup/browser/upload");

type Client = ReturnType<Module["createCos"]>;
type OnRetry = NonNullable<Parameters<Module["createCos"]>[0]["onRetry"]>;

const listeners = new Set<OnRetry>();
let client: Promise<Client> | undefined;

/**
 * The client of this page, which sends to its emulator. Its code is loaded with the first file. The emulator signs each
 * request, so that no key is in the page.
 */
export function uploader(api: Api): Promise<Client> {
  client ??= import("@cosup/browser/upload").then(({ createCos }) =>
    createCos({
      Region: "ap-guangzhou",
      Endpoint: `${location.origin}/{Bucket}`,
      signRequest: (request) => api.sign(request),
      onRetry: (event) => {
        for (const listener of listeners) listener(event);
      },
    }),
  );
  return client;
}

/** Calls a function for each request that is sent again. Returns what ends it. */
export function onRetry(listener: OnRetry): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
