import type { WireResponse } from "@cosup/core/runtime";
import type { Dispatcher } from "./undici.ts";

/** The headers of a response as core reads them. */
export function wireHeaders(headers: Dispatcher.ResponseData["headers"]): WireResponse["headers"] {
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
