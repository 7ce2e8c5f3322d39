import type { WireResponse } from "@cosup/core";
import type { Dispatcher } from "./undici.ts";

type Answer = Dispatcher.ResponseData;

/** An undici answer as core reads it. Nothing is converted before it is asked for. */
export function wireResponse(answer: Answer, method: string): WireResponse {
  const { statusCode: status, body } = answer;
  // An answer that breaks while nobody reads it must not end the process; whether undici listens for its `error`
  // itself depends on its version, and the caller's dispatcher may be of another.
  body.on("error", () => {});
  const bodyless = method === "HEAD" || status === 204 || status === 304;
  if (bodyless) {
    // Flows to its end at once, which takes undici's listener off the signal.
    body.resume();
  }
  let stream: ReadableStream<Uint8Array> | undefined;
  return {
    status,
    headers: wireHeaders(answer.headers),
    get body() {
      if (bodyless) {
        return null;
      }
      stream ??= webStream(body);
      return stream;
    },
    text: () => (bodyless ? Promise.resolve("") : body.text()),
    arrayBuffer: () => (bodyless ? Promise.resolve(new ArrayBuffer(0)) : body.arrayBuffer()),
  };
}

export function wireHeaders(headers: Answer["headers"]): WireResponse["headers"] {
  const joined = (value: string | string[]): string => (typeof value === "string" ? value : value.join(", "));
  return {
    get: (name) => {
      const value = headers[name.toLowerCase()];
      return value === undefined ? null : joined(value);
    },
    forEach: (visit) => {
      for (const [name, value] of Object.entries(headers)) {
        if (value !== undefined) {
          visit(joined(value), name);
        }
      }
    },
  };
}

// undici's own `body.body` leaves the socket open when it is cancelled before the first read.
function webStream(body: Answer["body"]): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
        }
      },
      cancel: () => {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
