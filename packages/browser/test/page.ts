// The page of the tests: it has an input for a file, and uploads what it holds.
import { callEach } from "./calls.ts";
import { ask, type Outcome, type UploadCall, upload } from "./uploads.ts";

/** What a test calls in the page, by short calls. */
export interface Tab {
  /** Begins an upload of the chosen file. */
  begin(call: UploadCall): void;
  /** Resolves when so many bytes are reported as done; rejects when the upload ends before. */
  done(bytes: number): Promise<void>;
  outcome(): Promise<Outcome>;
  /** Uploads the chosen file in a worker. */
  inWorker(kind: "dedicated" | "shared" | "service", call: UploadCall): Promise<Outcome>;
  /** Makes a call of each kind: what it returns, or the code of its error. */
  callEach(call: UploadCall): Promise<Record<string, unknown>>;
  /** The checkpoints of an object that IndexedDB has. */
  records(Key: string): Promise<string[]>;
  /** Resolves when the locks that are held now are released: a browser does it soon after the end of a tab. */
  unlocked(): Promise<void>;
}

// TypeScript's types of pages and of workers exclude each other.
declare const document: { querySelector(selector: "input"): { readonly files: readonly File[] } };
declare const Worker: new (url: string, options: { type: "module" }) => MessagePort;
declare const SharedWorker: new (url: string, options: { type: "module" }) => { readonly port: MessagePort };

const WORKER = ["/worker.js", { type: "module" }] as const;
let outcome: Promise<Outcome> | undefined;
let consumed = 0;
let onConsumed = (): void => {};

function chosen(): File {
  const [file] = document.querySelector("input").files;
  if (file === undefined) throw new Error("no file is chosen");
  return file;
}

async function portOf(kind: "dedicated" | "shared" | "service"): Promise<Pick<MessagePort, "postMessage">> {
  if (kind === "dedicated") return new Worker(...WORKER);
  if (kind === "shared") return new SharedWorker(...WORKER).port;
  await navigator.serviceWorker.register(...WORKER);
  const { active } = await navigator.serviceWorker.ready;
  if (active === null) throw new Error("no service worker is active");
  return active;
}

const tab: Tab = {
  begin: (call) => {
    outcome = upload(call, chosen(), (bytes) => {
      consumed = bytes;
      onConsumed();
    });
  },
  done: (bytes) =>
    new Promise((resolve, reject) => {
      onConsumed = () => {
        if (consumed >= bytes) resolve();
      };
      onConsumed();
      outcome?.then((ended) => reject(new Error(`the upload has ended: ${JSON.stringify(ended)}`)));
    }),
  outcome: () => outcome ?? Promise.reject(new Error("nothing has begun")),
  inWorker: async (kind, call) => {
    const { port1, port2 } = new MessageChannel();
    const ended = new Promise<Outcome>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    (await portOf(kind)).postMessage({ call, file: chosen(), port: port2 }, [port2]);
    return ended;
  },
  callEach: (call) => callEach(call, { credentials: () => ask("/keys") }),
  records: async (Key) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("cosup");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const request = database.transaction("checkpoints").objectStore("checkpoints").getAll();
    await new Promise((resolve, reject) => {
      request.onsuccess = resolve;
      request.onerror = () => reject(request.error);
    });
    database.close();
    return request.result.filter((text) => JSON.parse(text).Key === Key);
  },
  unlocked: async () => {
    const { held = [] } = await navigator.locks.query();
    await Promise.all(held.map(({ name = "" }) => navigator.locks.request(name, () => {})));
  },
};

Object.assign(globalThis, { tab });
