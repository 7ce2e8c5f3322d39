import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { inspect } from "node:util";

/** Credentials that must appear nowhere but in requests, long enough not to occur by chance. */
export const CANARY = {
  secretId: "AKIDq3Zr8VtYw1XbN6mKs0PdLh7Gf",
  secretKey: "Jx5Tn2Wc9Rb4Qv7Md1Zk8Hy3Lp6Sg",
  token: "tokUe7Fa2Ib9Oc4+Xw/1Vz6Dn3Ky8==",
} as const;

/** 32 bytes that the caller encrypts with, as SSE-C sends them. */
export const CUSTOMER_KEY = Buffer.from("u8Rw3Nz6Kq1Jt9Xc4Vb7Ym2Pd5Hs0Lg_");

/** Secrets as they may be written: as they are, escaped in a URL, in JSON, or in base64. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString("base64")];
}

/** Collects all texts that a user could read, and the secrets that they contain. */
export class Sweep {
  readonly #secrets = new Map<string, string>();
  readonly #texts: { readonly where: string; readonly text: string }[] = [];

  constructor() {
    for (const [name, secret] of Object.entries(CANARY)) this.#hide(name, secret);
    this.#hide("customer key", CUSTOMER_KEY.toString("base64"));
    this.#hide("customer key", CUSTOMER_KEY.toString());
  }

  /** How many signatures have been seen on the wire. */
  get signatures(): number {
    return [...this.#secrets.values()].filter((name) => name === "signature").length;
  }

  get places(): number {
    return this.#texts.length;
  }

  add(where: string, text: string): void {
    this.#texts.push({ where, text });
  }

  /** Everything that printing an error, a client or any other value could show. */
  addValue(where: string, value: unknown): void {
    for (const [form, text] of shown(value)) this.add(`${where}: ${form}`, text);
  }

  /**
   * Adds every file below a directory, with its name. Synchronous, so that a callback can read files that exist only
   * briefly.
   */
  addFiles(where: string, directory: string): string[] {
    if (!existsSync(directory)) return [];
    const names = readdirSync(directory, { recursive: true }).map(String);
    const files = names.filter((name) => statSync(join(directory, name)).isFile());
    for (const name of files)
      this.add(`${where}: ${name}`, `${name}\n${readFileSync(join(directory, name), "latin1")}`);
    return files;
  }

  /** Listens to what servers of this process receive, until the function that it returns is called. */
  listen(): () => void {
    const channel = "http.server.request.start";
    const note = (message: unknown): void => {
      const { request } = message as { readonly request: IncomingMessage };
      const sent = `${request.headers.authorization ?? ""}&${decodeURIComponent(request.url ?? "")}`;
      for (const [, signature = ""] of sent.matchAll(/q-signature=([0-9a-f]{40})/g))
        this.#hide("signature", signature);
    };
    subscribe(channel, note);
    return () => unsubscribe(channel, note);
  }

  /** `where: which` for each secret in each text, including signatures that were sent later. */
  hits(): string[] {
    const hits = this.#texts.flatMap(({ where, text }) =>
      [...this.#secrets].filter(([secret]) => text.includes(secret)).map(([, name]) => `${where}: ${name}`),
    );
    return [...new Set(hits)];
  }

  #hide(name: string, secret: string): void {
    for (const spelling of spellings(secret)) this.#secrets.set(spelling, name);
  }
}

function shown(value: unknown, depth = 0): [form: string, text: string][] {
  const forms: [string, string][] = [
    ["inspect", inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true })],
    ["String", String(value)],
    ["JSON", JSON.stringify(value) ?? ""],
  ];
  if (!(value instanceof Error) || depth > 8) return forms;
  forms.push(
    ["stack", value.stack ?? ""],
    ["JSON of all", JSON.stringify(value, Object.getOwnPropertyNames(value))],
  );
  if (value.cause === undefined) return forms;
  return [
    ...forms,
    ...shown(value.cause, depth + 1).map(([form, text]): [string, string] => [`cause ${form}`, text]),
  ];
}
