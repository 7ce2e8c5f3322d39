// Calls of node:* modules and of Deno.

/** @typedef {import("./cases.mjs").HostCall} HostCall */

/** A module of Node, where there is one. @param {string} name @returns {any} */
const builtin = (name) => globalThis.process?.getBuiltinModule?.(name);
/** @param {string} name @param {string} member */
const has = (name, member) => () => typeof builtin(name)?.[member] === "function";
const deno = Reflect.get(globalThis, "Deno");
const hasFolder = (/** @type {any} */ env) => env === undefined;
const inDeno = () => deno !== undefined;

/** @type {HostCall[]} */
export const NODE_CALLS = [
  {
    name: "`undici.request` with it as the body",
    here: () => Reflect.get(globalThis, "undici") !== undefined,
    call: async ({ view, grow, origin }) => {
      const sent = Reflect.get(globalThis, "undici").request(`${origin}/`, { method: "PUT", body: view });
      grow();
      const { body } = await sent;
      return new Uint8Array(await body.arrayBuffer());
    },
  },
  {
    name: "`end` of a request of node:http",
    here: (env) => hasFolder(env) && has("node:http", "request")(),
    call: ({ view, grow, origin }) =>
      new Promise((resolve, reject) => {
        const options = { method: "PUT", headers: { "content-length": view.length } };
        const request = builtin("node:http").request(`${origin}/`, options, (response) => {
          /** @type {Uint8Array[]} */
          const chunks = [];
          response.on("data", (/** @type {Uint8Array} */ chunk) => chunks.push(chunk));
          response.on("end", () => resolve(joined(chunks)));
          response.on("error", reject);
        });
        request.on("error", reject);
        request.end(view);
        grow();
      }),
  },
  {
    name: "`write` of a socket of node:net",
    here: (env) => hasFolder(env) && has("node:net", "connect")(),
    call: ({ view, grow, origin }) =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(origin);
        const socket = builtin("node:net").connect(Number(port), hostname);
        /** @type {Uint8Array[]} */
        const chunks = [];
        socket.write(
          `PUT / HTTP/1.1\r\nhost: echo\r\nconnection: close\r\ncontent-length: ${view.length}\r\n\r\n`,
        );
        socket.write(view);
        grow();
        socket.on("data", (/** @type {Uint8Array} */ chunk) => chunks.push(chunk));
        socket.on("end", () => resolve(joined(chunks).slice(-view.length)));
        socket.on("error", reject);
      }),
  },
  {
    name: "`update` of a hash of node:crypto",
    here: has("node:crypto", "createHash"),
    call: ({ view }) => {
      const hash = (/** @type {Uint8Array} */ bytes) =>
        builtin("node:crypto").createHash("md5").update(bytes).digest("hex");
      return hash(view) === hash(Uint8Array.from(view)) ? Uint8Array.from(view) : new Uint8Array(0);
    },
  },
  {
    name: "`Buffer.from` its buffer",
    here: has("node:buffer", "Buffer"),
    call: ({ view, grow }) => {
      const buffer = builtin("node:buffer").Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      grow();
      return Uint8Array.from(buffer);
    },
  },
  {
    name: "`gzip` of node:zlib",
    here: has("node:zlib", "gzip"),
    call: ({ view, grow }) =>
      new Promise((resolve, reject) => {
        const zlib = builtin("node:zlib");
        zlib.gzip(view, (/** @type {unknown} */ error, /** @type {Uint8Array} */ packed) =>
          error ? reject(error) : resolve(new Uint8Array(zlib.gunzipSync(packed))),
        );
        grow();
      }),
  },
  ...nodeFile("`fs.readSync` into it", true, async ({ fs, path, view, grow, bytes }) => {
    fs.writeFileSync(path, bytes);
    withFile(fs, path, "r", (file) => fs.readSync(file, view, 0, view.length, 0));
    grow();
  }),
  ...nodeFile("`fs.read` into it", true, async ({ fs, path, view, grow, bytes }) => {
    fs.writeFileSync(path, bytes);
    const file = fs.openSync(path, "r");
    const read = new Promise((resolve, reject) => {
      fs.read(file, view, 0, view.length, 0, (/** @type {unknown} */ error) =>
        error ? reject(error) : resolve(undefined),
      );
    });
    grow();
    await read.finally(() => fs.closeSync(file));
  }),
  ...nodeFile("`FileHandle.read` into it", true, async ({ fs, path, view, grow, bytes }) => {
    fs.writeFileSync(path, bytes);
    const file = await fs.promises.open(path);
    const read = file.read(view, 0, view.length, 0);
    grow();
    await read.finally(() => file.close());
  }),
  ...nodeFile("`fs.writeSync` and `FileHandle.write` of it", false, async ({ fs, path, view, grow }) => {
    withFile(fs, `${path}.sync`, "w", (file) => fs.writeSync(file, view));
    const file = await fs.promises.open(path, "w");
    const written = file.write(view, 0, view.length, 0);
    grow();
    await written.finally(() => file.close());
    const [one, other] = [fs.readFileSync(path), fs.readFileSync(`${path}.sync`)];
    return one.equals(other) ? new Uint8Array(one) : new Uint8Array(0);
  }),
];

/** @type {HostCall[]} */
export const DENO_CALLS = [
  {
    name: "`Deno.FsFile.readSync` into it",
    here: inDeno,
    fills: true,
    call: ({ view, folder }) => {
      const bytes = others(view);
      deno.writeFileSync(`${folder}/sync`, bytes);
      using file = deno.openSync(`${folder}/sync`);
      file.readSync(view);
      return bytes;
    },
  },
  {
    name: "`Deno.FsFile.read` into it",
    here: inDeno,
    fills: true,
    call: async ({ view, grow, folder }) => {
      const bytes = others(view);
      deno.writeFileSync(`${folder}/async`, bytes);
      using file = deno.openSync(`${folder}/async`);
      const read = file.read(view);
      grow();
      await read;
      return bytes;
    },
  },
  {
    name: "`Deno.writeFile` of it",
    here: inDeno,
    call: async ({ view, grow, folder }) => {
      const written = deno.writeFile(`${folder}/written`, view);
      grow();
      await written;
      return deno.readFileSync(`${folder}/written`);
    },
  },
  {
    name: "`write` of a `Deno.Conn`",
    here: inDeno,
    call: async ({ view, grow, origin }) => {
      const { hostname, port } = new URL(origin);
      using conn = await deno.connect({ hostname, port: Number(port) });
      const head = `PUT / HTTP/1.1\r\nhost: echo\r\nconnection: close\r\ncontent-length: ${view.length}\r\n\r\n`;
      await conn.write(new TextEncoder().encode(head));
      for (let at = 0; at < view.length; ) {
        const written = conn.write(view.subarray(at));
        grow();
        at += await written;
      }
      return new Uint8Array(await new Response(conn.readable).arrayBuffer()).slice(-view.length);
    },
  },
];

/** @param {string} name @param {boolean} fills @param {(given: any) => Promise<Uint8Array | void>} call @returns {HostCall[]} */
function nodeFile(name, fills, call) {
  return [
    {
      name,
      // A Worker's node:fs has no files of a disk.
      here: (env) => hasFolder(env) && has("node:fs", "readSync")(),
      fills,
      call: async (given) => {
        const bytes = others(given.view);
        const path = `${given.folder}/${name.replaceAll(/[^a-z]/gi, "")}`;
        return (await call({ ...given, fs: builtin("node:fs"), path, bytes })) ?? bytes;
      },
    },
  ];
}

/** @param {any} fs @param {string} path @param {string} flags @param {(file: number) => void} use */
function withFile(fs, path, flags, use) {
  const file = fs.openSync(path, flags);
  try {
    use(file);
  } finally {
    fs.closeSync(file);
  }
}

/** Other bytes than those of the view. @param {Uint8Array} view */
export function others(view) {
  return Uint8Array.from(view, (byte) => byte ^ 0xff);
}

/** @param {readonly Uint8Array[]} chunks */
function joined(chunks) {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
