import { onDemand } from "./on-demand.ts";

/*
 * The parsers of responses: undici's for HTTP/1.1, and core's for XML. They are a quarter of our bundle and are not needed
 * before a connection is there, so they are a file of their own, loaded while the first connection is established.
 */
type Parsers = Pick<typeof import("./response-parsers.ts"), "llhttp" | "XMLParser">;

const load = onDemand(() => import("./response-parsers.ts"), "./response-parsers.js");
let parsers: Parsers | undefined;

/** Whether {@link parserBytes} and {@link xmlParser} can be called. */
export function areParsersLoaded(): boolean {
  return parsers !== undefined;
}

/** Loads the parsers, once; a failure is not kept, so that the next connection can try again. */
export async function loadParsers(): Promise<void> {
  const { llhttp, XMLParser } = await load();
  parsers = { llhttp, XMLParser };
}

/** The HTTP parser's WebAssembly. The bundle calls this in place of undici's own module, which has the text in it. */
export function parserBytes(): Uint8Array {
  return loaded().llhttp;
}

/** The class of the XML parser. The bundle calls this in place of core's module. */
export function xmlParser(): Parsers["XMLParser"] {
  return loaded().XMLParser;
}

function loaded(): Parsers {
  if (parsers === undefined) throw new Error("The parsers are not loaded");
  return parsers;
}
