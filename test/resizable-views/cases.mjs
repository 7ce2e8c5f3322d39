// Host calls that take a view of memory, each as a case that any runtime runs if it has the call. No code of cosup.
import { DENO_CALLS, NODE_CALLS, others } from "./system-calls.mjs";

/**
 * @typedef {object} Given
 * @property {Uint8Array} view a range of WASM memory that holds known bytes
 * @property {() => void} grow makes the memory larger: called while the host may still read or write the view
 * @property {string} origin A server that responds to PUT with the bytes that it got
 * @property {string} folder a folder for files, where there are any
 * @property {any} env the bindings of a Worker
 *
 * @typedef {object} HostCall
 * @property {string} name
 * @property {(env: any) => boolean} here whether the runtime has it
 * @property {boolean} [fills] the call writes into the view: it has to hold what is returned. Otherwise what is returned are
 *   the bytes that the host read from the view.
 * @property {(given: Given) => Promise<Uint8Array> | Uint8Array} call
 */

/** @param {string} name */
const has = (name) => Reflect.get(globalThis, name) !== undefined;
/** @param {ArrayBuffer | Uint8Array} from */
const bytesOf = (from) => new Uint8Array(from);
/** @param {Blob | Response | Request} from */
const allOf = async (from) => bytesOf(await from.arrayBuffer());
/** @type {HostCall[]} */
const WEB = [
  {
    name: "`fetch` with it as the body",
    here: () => has("fetch"),
    call: async ({ view, grow, origin, env }) => {
      const send = env?.ECHO === undefined ? fetch : env.ECHO.fetch.bind(env.ECHO);
      const response = send(`${origin}/`, { method: "PUT", body: view });
      grow();
      return allOf(await response);
    },
  },
  {
    name: "`new Request` and `new Response`",
    here: () => has("Response"),
    call: async ({ view, grow }) => {
      const response = new Response(view);
      const request = new Request("http://localhost/", { method: "PUT", body: view });
      grow();
      await allOf(request);
      return allOf(response);
    },
  },
  {
    name: "`new Blob`",
    here: () => has("Blob"),
    call: async ({ view, grow }) => {
      const blob = new Blob([view]);
      grow();
      return allOf(blob);
    },
  },
  {
    name: "`TextDecoder.decode`",
    here: () => has("TextDecoder"),
    call: ({ view }) => {
      const copied = new TextDecoder("latin1").decode(Uint8Array.from(view));
      return new TextDecoder("latin1").decode(view) === copied ? Uint8Array.from(view) : new Uint8Array(0);
    },
  },
  {
    name: "`TextEncoder.encodeInto`",
    here: () => has("TextEncoder"),
    fills: true,
    call: ({ view }) => {
      const text = "x".repeat(view.length);
      new TextEncoder().encodeInto(text, view);
      return new TextEncoder().encode(text);
    },
  },
  {
    name: "`crypto.subtle.digest`",
    here: () => has("crypto"),
    call: async ({ view, grow }) => {
      const digest = crypto.subtle.digest("SHA-256", view);
      grow();
      const copied = await crypto.subtle.digest("SHA-256", Uint8Array.from(view));
      return sameBytes(bytesOf(await digest), bytesOf(copied)) ? Uint8Array.from(view) : new Uint8Array(0);
    },
  },
  {
    name: "`crypto.getRandomValues`",
    here: () => has("crypto"),
    fills: true,
    call: ({ view }) => {
      const before = Uint8Array.from(view);
      crypto.getRandomValues(view.subarray(0, 65_536));
      return sameBytes(before, view) ? before.fill(0) : Uint8Array.from(view);
    },
  },
  {
    name: "`structuredClone`",
    here: () => has("structuredClone"),
    call: ({ view }) => structuredClone(view),
  },
  {
    name: "`postMessage` of a MessagePort",
    here: () => has("MessageChannel"),
    call: async ({ view, grow }) => {
      const { port1, port2 } = new MessageChannel();
      try {
        const message = new Promise((resolve) => {
          port2.onmessage = ({ data }) => resolve(data);
        });
        port1.postMessage(view);
        grow();
        return await message;
      } finally {
        port1.close();
      }
    },
  },
  {
    name: "a BYOB read of a ReadableStream, into a buffer of its own",
    here: () => has("ReadableStreamBYOBReader"),
    fills: true,
    call: async ({ view }) => {
      const bytes = others(view);
      const stream = new ReadableStream({
        type: "bytes",
        start: (controller) => {
          controller.enqueue(Uint8Array.from(bytes));
          controller.close();
        },
      });
      const reader = stream.getReader({ mode: "byob" });
      // It transfers the whole buffer, which WASM memory does not allow.
      const { value } = await reader.read(view);
      view.set(value);
      return bytes.subarray(0, value.length);
    },
  },
  {
    name: "`enqueue` of a ReadableStream",
    here: () => has("ReadableStream"),
    call: ({ view, grow }) => {
      const stream = new ReadableStream({
        start: (controller) => {
          controller.enqueue(view);
          controller.close();
        },
      });
      grow();
      return allOf(new Response(stream));
    },
  },
  {
    name: '`enqueue` of a byte stream (`type: "bytes"`)',
    here: () => has("ReadableStream"),
    call: ({ view }) => {
      const stream = new ReadableStream({
        type: "bytes",
        start: (controller) => {
          controller.enqueue(view);
          controller.close();
        },
      });
      return allOf(new Response(stream));
    },
  },
  {
    name: "`write` of a CompressionStream",
    here: () => has("CompressionStream"),
    call: async ({ view, grow }) => {
      const { readable, writable } = new CompressionStream("gzip");
      const writer = writable.getWriter();
      const written = writer.write(view).then(() => writer.close());
      // What fails is reported by the readable side.
      written.catch(() => {});
      grow();
      return allOf(new Response(readable.pipeThrough(new DecompressionStream("gzip"))));
    },
  },
];

/** @type {HostCall[]} */
const WORKERS = [
  {
    name: "`crypto.DigestStream`",
    here: () => has("crypto") && Reflect.get(crypto, "DigestStream") !== undefined,
    call: async ({ view, grow }) => {
      const digest = new (Reflect.get(crypto, "DigestStream"))("SHA-256");
      const writer = digest.getWriter();
      const written = writer.write(view);
      grow();
      await written;
      await writer.close();
      const copied = await crypto.subtle.digest("SHA-256", Uint8Array.from(view));
      return sameBytes(bytesOf(await digest.digest), bytesOf(copied))
        ? Uint8Array.from(view)
        : new Uint8Array(0);
    },
  },
  {
    name: "`write` of a FixedLengthStream",
    here: () => has("FixedLengthStream"),
    call: async ({ view, grow }) => {
      const { readable, writable } = new (Reflect.get(globalThis, "FixedLengthStream"))(view.length);
      const writer = writable.getWriter();
      const written = writer.write(view).then(() => writer.close());
      written.catch(() => {});
      grow();
      return allOf(new Response(readable));
    },
  },
  ...binding("R2 `put`", "R2", async (r2, { view, grow }) => {
    const put = r2.put("key", view);
    grow();
    await put;
    return allOf(await r2.get("key"));
  }),
  ...binding("R2 `uploadPart`", "R2", async (r2, { view, grow }) => {
    const upload = await r2.createMultipartUpload("parts");
    const sent = upload.uploadPart(1, view);
    grow();
    await upload.complete([await sent]);
    return allOf(await r2.get("parts"));
  }),
  ...binding("KV `put`", "KV", async (kv, { view, grow }) => {
    const put = kv.put("key", view);
    grow();
    await put;
    return bytesOf(await kv.get("key", "arrayBuffer"));
  }),
  ...binding("cache `put`", "ECHO", async (_echo, { view, grow }) => {
    const put = Reflect.get(caches, "default").put("http://cache.example/key", cacheable(view));
    grow();
    await put;
    return allOf(await Reflect.get(caches, "default").match("http://cache.example/key"));
  }),
  ...binding("Durable Object storage `put`", "SHELF", async (_shelf, { env, view, grow }) => {
    const { storage } = env.STATE;
    const put = storage.put("key", view);
    grow();
    await put;
    return storage.get("key");
  }),
];

/** Every case, in the order of the table. */
export const CASES = [...WEB, ...NODE_CALLS, ...DENO_CALLS, ...WORKERS];

/** @param {string} name @param {string} key @param {(bound: any, given: Given) => Promise<Uint8Array>} call @returns {HostCall[]} */
function binding(name, key, call) {
  return [{ name, here: (env) => env?.[key] !== undefined, call: (given) => call(given.env[key], given) }];
}

/** @param {Uint8Array} view */
function cacheable(view) {
  return new Response(view, { headers: { "cache-control": "max-age=60" } });
}

/** @param {Uint8Array} one @param {Uint8Array} other */
export function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
