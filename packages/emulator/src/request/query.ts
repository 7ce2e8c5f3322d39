import { CosErrorResponse } from "../errors.ts";
import { percentDecode, percentEncode } from "./percent.ts";

interface Parameter {
  /** As the request spells it. */
  readonly name: string;
  readonly value: string;
}

/**
 * The decoded query of a request. `?uploads` and `?uploads=` are the same. Upper and lower case of a name do not count:
 * COS's signature lists names in lower case, so what it covers must be what operations read, in any spelling.
 */
export class Query {
  readonly #parameters = new Map<string, Parameter>();

  /** Throws if a name comes twice, unless spelling and value are the same. */
  constructor(encoded: string) {
    for (const pair of encoded.split("&")) {
      if (pair === "") continue;
      const equals = pair.indexOf("=");
      const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals));
      const value = equals < 0 ? "" : percentDecode(pair.slice(equals + 1));
      const known = this.#parameters.get(name.toLowerCase());
      if (known && (known.name !== name || known.value !== value)) throw repeated(name);
      this.#parameters.set(name.toLowerCase(), { name, value });
    }
  }

  /** Whether the query has the parameter, with or without a value. */
  has(name: string): boolean {
    return this.#parameters.has(name.toLowerCase());
  }

  /** The value. An empty one counts as absent, because official clients send every parameter they know. */
  get(name: string): string | undefined {
    return this.#parameters.get(name.toLowerCase())?.value || undefined;
  }

  /** The names as the request spells them. */
  names(): readonly string[] {
    return [...this.#parameters.values()].map(({ name }) => name);
  }

  /** Values by lower-case name. */
  byLowerCaseName(): Map<string, string> {
    return new Map([...this.#parameters].map(([name, { value }]) => [name, value]));
  }
}

function repeated(name: string): CosErrorResponse {
  return new CosErrorResponse(
    "InvalidArgument",
    `The parameter ${percentEncode(name.toLowerCase())} is in the query twice.`,
  );
}
