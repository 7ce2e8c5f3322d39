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

/** All parameters of a method. The table checks them and builds the request; docs/api-map.md is tested against it. */
export type ParameterTable = Readonly<Record<string, Parameter>>;

/** A method of the client: its name and its parameters. Each stands in the file of its request or transfer. */
export interface Method {
  readonly name: string;
  readonly parameters: ParameterTable;
}

type Values = Readonly<Record<string, unknown>>;

/** A table, sorted by use: computed once, because every request needs it. */
interface IndexedTable {
  readonly checks: ReadonlyMap<string, Check>;
  readonly required: readonly string[];
  /** Parameter names and the headers that carry them. */
  readonly headers: readonly (readonly [name: string, header: string])[];
  readonly query: readonly (readonly [name: string, query: string])[];
}

const indexed = new WeakMap<ParameterTable, IndexedTable>();

function indexOfTable(table: ParameterTable): IndexedTable {
  let index = indexed.get(table);
  if (index === undefined) {
    index = sortByUse(table);
    indexed.set(table, index);
  }
  return index;
}

/** A loop, not closures: each of them would be compiled in createCos, a tenth of its time. */
function sortByUse(table: ParameterTable): IndexedTable {
  const checks = new Map<string, Check>();
  const required: string[] = [];
  const headers: [string, string][] = [];
  const query: [string, string][] = [];
  for (const name in table) {
    const parameter = table[name] as Parameter;
    checks.set(name, parameter.check);
    if (parameter.required === true) required.push(name);
    if (parameter.header !== undefined) headers.push([name, parameter.header]);
    if (parameter.query !== undefined) query.push([name, parameter.query]);
  }
  return { checks, required, headers, query };
}

/**
 * Checks `parameters` against the method's table before anything is sent.
 * @throws {TypeError} missing, unknown or of the wrong type
 * @throws {RangeError} outside what is accepted
 */
export function checkParameters(method: Method, parameters: unknown): void {
  const { name: methodName, parameters: table } = method;
  if (typeof parameters !== "object" || parameters === null) {
    throw new ArgumentTypeError("parameters", `${methodName} takes one object of parameters`);
  }
  const values = parameters as Values;
  const { checks, required } = indexOfTable(table);
  const names = Object.keys(values);
  for (const name of names) {
    if (checks.has(name)) continue;
    const accepted = Object.keys(table).join(", ");
    throw new ArgumentTypeError(name, `is not a parameter of ${methodName}; it takes ${accepted}`);
  }
  for (const name of required) {
    if (values[name] === undefined) throw new ArgumentTypeError(name, `is required by ${methodName}`);
  }
  for (const name of names) {
    const value = values[name];
    if (value !== undefined) checks.get(name)?.(value, name);
  }
}

/** The request headers that the table's parameters make. */
export function headersOf(table: ParameterTable, values: object): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, header] of indexOfTable(table).headers) {
    const value = (values as Values)[name];
    if (value !== undefined && value !== "") headers[header] = String(value).trim();
  }
  return headers;
}

/** The query parameters that the table's parameters make; empty ones are left out. */
export function queryOf(table: ParameterTable, values: object): [string, string][] {
  const query: [string, string][] = [];
  for (const [name, parameter] of indexOfTable(table).query) {
    const value = (values as Values)[name];
    if (value !== undefined && value !== "") query.push([parameter, String(value)]);
  }
  return query;
}
