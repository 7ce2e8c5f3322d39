import { ArgumentTypeError } from "../errors.ts";
import type { Check } from "./checks.ts";

/** One parameter of a method: how it is checked, and where it goes on the wire. */
export interface Parameter {
  readonly check: Check;
  readonly required?: true;
  /** Request header that carries it. */
  readonly header?: string;
  /** Query parameter that carries it. */
  readonly query?: string;
}

/** All parameters of a method. One table checks, builds and documents: docs/api-map.md is tested against it. */
export type ParameterTable = Readonly<Record<string, Parameter>>;

type Values = Readonly<Record<string, unknown>>;

/**
 * Checks `parameters` against the table before anything is sent.
 * @throws {TypeError} missing, unknown or of the wrong type
 * @throws {RangeError} outside what is accepted
 */
export function checkParameters(method: string, table: ParameterTable, parameters: unknown): void {
  if (typeof parameters !== "object" || parameters === null) {
    throw new ArgumentTypeError("parameters", `${method} takes one object of parameters`);
  }
  for (const name of Object.keys(parameters)) {
    if (!Object.hasOwn(table, name)) {
      throw new ArgumentTypeError(
        name,
        `is not a parameter of ${method}; it takes ${Object.keys(table).join(", ")}`,
      );
    }
  }
  const values = parameters as Values;
  for (const [name, parameter] of Object.entries(table)) {
    const value = values[name];
    if (value !== undefined) parameter.check(value, name);
    else if (parameter.required) throw new ArgumentTypeError(name, `is required by ${method}`);
  }
}

/** The request headers that the table's parameters make. */
export function headersOf(table: ParameterTable, values: object): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(table)) {
    const value = (values as Values)[name];
    if (parameter.header === undefined || value === undefined || value === "") continue;
    headers[parameter.header] = String(value).trim();
  }
  return headers;
}

/** The query parameters that the table's parameters make; empty ones are left out. */
export function queryOf(table: ParameterTable, values: object): [string, string][] {
  const query: [string, string][] = [];
  for (const [name, parameter] of Object.entries(table)) {
    const value = (values as Values)[name];
    if (parameter.query === undefined || value === undefined || value === "") continue;
    query.push([parameter.query, String(value)]);
  }
  return query;
}
