import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { postForm, put, type SlowRequest } from "./slow-client.ts";

// Not a literal path: the packages of the examples are installed only when their tests run.
const EXAMPLES: string = "../../examples/integrations";

/** An example that runs as a server. */
export interface RunningExample {
  readonly origin: string;
  /** Begins an upload of a file through the example. */
  begin(size: number): SlowRequest | Promise<SlowRequest>;
  close(): Promise<void>;
}

/** Starts each example that receives files. The rig has to be open: the examples read their environment when loaded. */
export const SERVERS: Readonly<Record<string, () => Promise<RunningExample>>> = {
  Hono: async () => {
    const { app } = await import(`${EXAMPLES}/hono.ts`);
    const server = await serve(await fetchListener(app.fetch));
    return { ...server, begin: (size) => put(`${server.origin}/files/photo.bin`, size) };
  },
  "Express with busboy": async () => {
    const { app } = await import(`${EXAMPLES}/express-busboy.ts`);
    const server = await serve(app);
    return { ...server, begin: () => postForm(`${server.origin}/files`, "photo.bin") };
  },
  multer: async () => {
    const { app } = await import(`${EXAMPLES}/multer-storage.ts`);
    const server = await serve(app);
    return { ...server, begin: () => postForm(`${server.origin}/files`, "photo.bin") };
  },
  "a Next route": async () => {
    const { PUT } = await import(`${EXAMPLES}/next/app/api/files/[name]/route.ts`);
    const params = Promise.resolve({ name: "photo.bin" });
    const server = await serve(await fetchListener((request: Request) => PUT(request, { params })));
    return { ...server, begin: (size) => put(`${server.origin}/api/files/photo.bin`, size) };
  },
};

/** Node's own HTTP server in front of a function of the web's Request. */
export async function fetchListener(
  handle: (request: Request) => Response | Promise<Response>,
): Promise<RequestListener> {
  const { getRequestListener } = await import(`${EXAMPLES}/node_modules/@hono/node-server/dist/index.mjs`);
  return getRequestListener(handle);
}

export async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
