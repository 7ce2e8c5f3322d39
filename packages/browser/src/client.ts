import {
  ArgumentTypeError,
  CosClient,
  type GetPresignedUrlParameters,
  type SignedCosRequest,
  type SignParameters,
} from "@cosup/core";
import { clientParts } from "./client-parts.ts";
import type { BrowserCosOptions } from "./options.ts";

/** A client for a page or a web worker. */
export class BrowserCosClient extends CosClient {
  readonly #signsElsewhere: boolean;

  /** Use {@link createCos}. */
  constructor(options: BrowserCosOptions) {
    super(...clientParts(options));
    this.#signsElsewhere = Boolean(options.signRequest);
  }

  /** As {@link CosClient.getPresignedUrl}. With `signRequest` there is no key here to sign a URL with. */
  override async getPresignedUrl(parameters: GetPresignedUrlParameters): Promise<string> {
    this.#requireKey("getPresignedUrl");
    return super.getPresignedUrl(parameters);
  }

  /** As {@link CosClient.sign}. With `signRequest` there is no key here to sign with. */
  override async sign(parameters: SignParameters): Promise<SignedCosRequest> {
    this.#requireKey("sign");
    return super.sign(parameters);
  }

  #requireKey(method: string): void {
    if (this.#signsElsewhere)
      throw new ArgumentTypeError("signRequest", `leaves no key here: call ${method}() on your server`);
  }
}
