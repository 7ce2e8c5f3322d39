import { onRequestAbort, type WireRequest, type WireResponse } from "@cosup/core/runtime";

type Send = (request: WireRequest) => Promise<WireResponse>;

/**
 * Lets a request that failed while the device is offline wait until it is online again, or until its deadline (a minute).
 * Then it fails as it did, and core sends it again. So an upload goes on at once when the line is back, and its attempts
 * last for eight minutes. A request is always tried first: a local server responds also when the device is offline.
 */
export function awaitOnline(send: Send): Send {
  return async (request) => {
    try {
      return await send(request);
    } catch (cause) {
      if (navigator.onLine !== false || request.signal.aborted) throw cause;
      request.onQueue?.();
      await online(request);
      throw cause;
    }
  };
}

/** Resolves when the browser says that it is online; rejects with the reason of an abort. */
function online(request: WireRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const back = (): void => {
      stop();
      resolve();
    };
    globalThis.addEventListener("online", back, { once: true });
    const stop = onRequestAbort(request, (reason) => {
      globalThis.removeEventListener("online", back);
      reject(reason);
    });
  });
}
