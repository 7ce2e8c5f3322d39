import { UploadClient } from "@cosup/core/upload";
import { clientParts } from "./client-parts.ts";
import type { BrowserCosOptions } from "./options.ts";

/** As {@link BrowserCosClient}, but it only uploads. */
export class BrowserUploadClient extends UploadClient {
  /** Use {@link createCos}. */
  constructor(options: BrowserCosOptions) {
    super(...clientParts(options));
  }
}
