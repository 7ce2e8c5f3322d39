import type { ContractCase } from "./contract.ts";
import { FIELDS } from "./document/fields.ts";
import { realCalls } from "./document/real-calls.ts";
import type { FieldRow } from "./document/rows.ts";

/** The value of a field; of a list, that of its first item. */
function fieldIn(result: unknown, { ours }: FieldRow): unknown {
  const path = ours.startsWith("headers.") ? ["headers", ours.slice("headers.".length)] : ours.split(".");
  let value = result;
  for (const name of path) {
    const holder: unknown = Array.isArray(value) ? value[0] : value;
    value = Reflect.get(Object(holder), name);
  }
  return value;
}

/** The response header that a field is made of; undefined: it is of the document, and always there. */
function headerOf({ field, ours }: FieldRow): string | undefined {
  if (ours.startsWith("headers.")) return ours.slice("headers.".length);
  return field.startsWith("x-cos-") ? field : undefined;
}

export const cases: readonly ContractCase[] = FIELDS.map((row) => ({
  name: row.case,
  run: async (t, rig) => {
    const { result, headers } = t.present((await realCalls(rig)).get(row.document), row.document);
    const header = headerOf(row);
    const value = fieldIn(result, row);
    // Not every response has every header: only a class other than STANDARD is named, and only a version that there is.
    if (header !== undefined && !headers.has(header)) t.equal(value, undefined, row.ours);
    else t.ok(value !== undefined && value !== null, row.ours);
    if (Array.isArray(value)) t.ok(value.length > 0, `an item of ${row.ours}`);
  },
}));
