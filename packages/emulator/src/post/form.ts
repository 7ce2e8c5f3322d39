import type { BusboyFileStream, BusboyInstance } from "@fastify/busboy";
import { CosErrorResponse } from "../errors.ts";
import { libraries } from "../libraries.ts";
import { BodyFeed } from "./body-feed.ts";

/** A form that uploads a file, as far as that file: it is the last field, and what follows it is ignored. */
export interface Form {
  /** Values by lower-case name. The first of several counts. */
  readonly fields: ReadonlyMap<string, string>;
  /** The name of the file without its folders. */
  readonly fileName: string;
  /** The bytes of the file. It ends when the whole request has been read. */
  readonly content: AsyncGenerator<Uint8Array>;
  /** Reads and drops what is left of the request, so that its sender sees the response. Call it in any case. */
  drain(): Promise<void>;
}

const LIMITS = {
  fieldSize: 64 * 1024,
  fields: 100,
  files: 1,
  parts: 200,
  headerPairs: 50,
  headerSize: 16 * 1024,
};

/** Reads the fields of a form before its file. Throws MalformedPOSTRequest for what is no form with a file. */
export async function readForm(
  contentType: string,
  body: AsyncIterable<Uint8Array> | undefined,
): Promise<Form> {
  const parser = await parserFor(contentType);
  const feed = new BodyFeed(parser);
  try {
    return await new Promise((resolve, reject) => {
      listen(parser, feed, resolve, reject);
      // Rejects when the request breaks off before the file; afterwards, the content of the file does.
      feed.run(body).catch(reject);
    });
  } catch (error) {
    await feed.drain();
    throw error;
  }
}

export function malformed(reason = ""): CosErrorResponse {
  const text = "The body of your POST request is not well-formed multipart/form-data.";
  return new CosErrorResponse("MalformedPOSTRequest", reason === "" ? text : `${text} ${reason}`);
}

function listen(
  parser: BusboyInstance,
  feed: BodyFeed,
  resolve: (form: Form) => void,
  reject: (error: CosErrorResponse) => void,
): void {
  const fields = new Map<string, string>();
  parser.on("field", (name, value, _cutName, cut) => {
    if (cut) reject(malformed("A field of the form is too long."));
    const key = name?.toLowerCase() ?? "";
    if (!fields.has(key)) fields.set(key, value);
  });
  parser.on("file", (_name, stream, fileName) => {
    const content = contentOf(stream, feed);
    resolve({ fields: new Map(fields), fileName: fileName ?? "", content, drain: () => feed.drain() });
  });
  for (const limit of ["fieldsLimit", "partsLimit"] as const) {
    parser.on(limit, () => reject(malformed("The form has too many fields.")));
  }
  parser.on("error", () => reject(malformed()));
  parser.on("finish", () => reject(new CosErrorResponse("InvalidArgument", "The form has no field file.")));
}

async function parserFor(contentType: string): Promise<BusboyInstance> {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw malformed();
  const { Busboy } = await libraries.forms();
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      limits: LIMITS,
      isPartAFile: (name) => name?.toLowerCase() === "file",
    });
  } catch {
    throw malformed("It has no boundary.");
  }
}

function contentOf(stream: BusboyFileStream, feed: BodyFeed): AsyncGenerator<Uint8Array> {
  // The parser reports the end of a form inside its file before anything may read the file, and then ends the file as if
  // it were whole. An error without a listener would end the process.
  let cut = false;
  stream.on("error", () => {
    cut = true;
  });
  feed.onBreak(() => stream.destroy());
  return (async function* () {
    try {
      yield* stream as AsyncIterable<Uint8Array>;
    } catch {
      cut = true;
    }
    await feed.done;
    if (cut) throw malformed();
  })();
}
