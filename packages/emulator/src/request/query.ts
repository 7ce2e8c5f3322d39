import { percentDecode } from "./percent.ts";

/** The decoded query of a request. `?uploads` and `?uploads=` are the same. */
export class Query {
  readonly #parameters = new Map<string, string>();

  constructor(encoded: string) {
    for (const pair of encoded.split("&")) {
      if (pair === "") continue;
      const equals = pair.indexOf("=");
      const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals));
      if (!this.#parameters.has(name)) {
        this.#parameters.set(name, equals < 0 ? "" : percentDecode(pair.slice(equals + 1)));
      }
    }
  }

  /** Whether the query has the parameter, with or without a value. */
  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** The value. An empty one counts as absent, because official clients send every parameter they know. */
  get(name: string): string | undefined {
    return this.#parameters.get(name) || undefined;
  }

  names(): IterableIterator<string> {
    return this.#parameters.keys();
  }

  /** Values by lower-case name: the signature lists names in lower case. */
  byLowerCaseName(): Map<string, string> {
    return new Map([...this.#parameters].map(([name, value]) => [name.toLowerCase(), value]));
  }
}
