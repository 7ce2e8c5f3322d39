import type { ResponseSink, WireResponse } from "./wire.ts";

/**
 * Passes the body of a response that is a stream to its request's sink, for a runtime whose HTTP has nothing but streams.
 * @returns the response as `send` resolves with it: without a body once the sink has all of it
 */
export async function streamIntoSink(response: WireResponse, sink: ResponseSink): Promise<WireResponse> {
  const { status, headers, body } = response;
  if (!sink.begin(status, headers)) return response;
  const reader = body?.getReader();
  try {
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      await sink.write(next.value);
    }
  } catch (error) {
    // A cancel that fails, or waits, must not hide the reason.
    void reader?.cancel(error).catch(() => {});
    throw error;
  }
  return new ConsumedResponse(status, headers);
}

/** A response whose body a sink has received. */
export class ConsumedResponse implements WireResponse {
  readonly buffered = true;
  readonly body = null;
  readonly status: number;
  readonly headers: WireResponse["headers"];

  constructor(status: number, headers: WireResponse["headers"]) {
    this.status = status;
    this.headers = headers;
  }

  text(): Promise<string> {
    return Promise.resolve("");
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(new ArrayBuffer(0));
  }
}
