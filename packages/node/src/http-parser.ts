/**
 * The HTTP/1.1 parser of undici's client. Its text is a fifth of our bundle and is first needed when a connection is
 * there, so it is a file of its own, loaded while that connection is established.
 */
let bytes: Uint8Array | undefined;
let loading: Promise<void> | undefined;

/** Whether {@link parserBytes} can be called. */
export function isParserLoaded(): boolean {
  return bytes !== undefined;
}

/** Loads the parser, once; a failure is not kept, so that the next connection can try again. */
export function loadParser(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  try {
    bytes = (await import("./llhttp.ts")).llhttp;
  } finally {
    loading = undefined;
  }
}

/** The parser's WebAssembly. The bundle calls this in place of undici's own module, which has the text in it. */
export function parserBytes(): Uint8Array {
  if (bytes === undefined) throw new Error("The HTTP parser is not loaded");
  return bytes;
}
