/** A parameter of the document. */
export interface ParameterRow {
  /** The document's names. */
  readonly document: string;
  readonly parameter: string;
  /** Ours. */
  readonly method: string;
  readonly ours: string;
  /** Where the request has it: a header, `?` and a query parameter, or in words. */
  readonly sent: string;
  readonly note: string;
  /** The case that shows it, in every runtime. */
  readonly case: string;
}

/** A field of a response in the document. */
export interface FieldRow {
  readonly document: string;
  readonly field: string;
  readonly method: string;
  /** The path of ours in the result. */
  readonly ours: string;
  readonly case: string;
}

type Parameter = readonly [parameter: string, sent: string, note?: string, ours?: string];
type Field = readonly [field: string, ours?: string];

/** The rows of one method's parameters. Ours are spelled as the document's where nothing else is said. */
export function parametersOf(
  document: string,
  method: string,
  parameters: readonly Parameter[],
): readonly ParameterRow[] {
  return parameters.map(([parameter, sent, note = "", ours = parameter]) => {
    return { document, parameter, method, ours, sent, note, case: `document: ${document}(${parameter})` };
  });
}

/** The rows of one method's response. */
export function fieldsOf(document: string, method: string, fields: readonly Field[]): readonly FieldRow[] {
  return fields.map(([field, ours = field]) => {
    return { document, field, method, ours, case: `document: ${field} of ${document}` };
  });
}
