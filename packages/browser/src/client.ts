import {
  ArgumentTypeError,
  CosClient,
  type GetPresignedUrlParameters,
  type PutObjectParameters,
  type SignedCosRequest,
  type SignParameters,
  type UploadFileParameters,
  type UploadResult,
} from "@cosup/core";
import { browserClock } from "./browser-clock.ts";
import { withCorsHint } from "./hidden-checksum.ts";
import { type BrowserCosOptions, coreOptions } from "./options.ts";
import { createBrowserRuntime } from "./runtime.ts";
import { signedBy } from "./sign-request.ts";

/** A client for a page or a web worker. */
export class BrowserCosClient extends CosClient {
  readonly #signsElsewhere: boolean;

  /** Use {@link createCos}. */
  constructor(options: BrowserCosOptions) {
    const forCore = coreOptions(options);
    const { signRequest } = options;
    super(createBrowserRuntime(signRequest ? signedBy(signRequest) : undefined), forCore, browserClock);
    this.#signsElsewhere = Boolean(signRequest);
  }

  override uploadFile(parameters: UploadFileParameters): Promise<UploadResult> {
    return super.uploadFile(withCorsHint(parameters));
  }

  override putObject(parameters: PutObjectParameters): Promise<UploadResult> {
    return super.putObject(withCorsHint(parameters));
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
