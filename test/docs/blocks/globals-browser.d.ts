import type { BrowserCosClient } from "@cosup/browser";

// Names that the pages use without declaring them: those of the reader's own page.
declare global {
  const cos: BrowserCosClient;
  const Bucket: string;
  const Key: string;
  /** The chosen file. */
  const file: File;
  /** `<input type="file">`, `<progress>`, `<button>`. */
  const input: HTMLInputElement;
  const bar: HTMLProgressElement;
  const pause: HTMLButtonElement;
}
