import * as requests from "./requests/index.ts";
import { type UploadPartBodyParameters, uploadPart } from "./transfers/upload-part.ts";
import { UploadClient } from "./upload-client.ts";

/**
 * The requests of a multipart upload, for programs that manage their parts themselves. `uploadFile` does all of it:
 * part sizes, parallel requests, resuming, verifying.
 */
export class MultipartClient extends UploadClient {
  /**
   * Begins a multipart upload. Not retried after a lost response, because COS may have begun one.
   * @returns `UploadId`, which names it in the calls for its parts
   */
  async createMultipartUpload(
    parameters: requests.CreateMultipartUploadParameters,
  ): Promise<requests.CreateMultipartUploadResult> {
    return this.call(requests.CREATE_MULTIPART_UPLOAD, requests.createMultipartUpload, parameters);
  }

  /**
   * Uploads one part of up to 5 GB, which is held in memory, and verifies it by CRC64.
   * @throws {CosError} `integrity`: COS holds other bytes after several attempts; `not-found` (`NoSuchUpload`)
   */
  async uploadPart(parameters: UploadPartBodyParameters): Promise<requests.UploadPartResult> {
    return this.call(requests.UPLOAD_PART, uploadPart, parameters);
  }

  /** Copies an object of COS, or a range of it (up to 5 GB), as one part. */
  async uploadPartCopy(
    parameters: requests.UploadPartCopyParameters,
  ): Promise<requests.UploadPartCopyResult> {
    return this.call(requests.UPLOAD_PART_COPY, requests.uploadPartCopy, parameters);
  }

  /** Lists one page (up to 1000) of the parts that COS holds of an upload. {@link eachPart} lists all of them. */
  async listParts(parameters: requests.ListPartsParameters): Promise<requests.ListPartsResult> {
    return this.call(requests.LIST_PARTS, requests.listParts, parameters);
  }

  /** Lists all parts that COS holds of an upload, from the marker on; `MaxParts` is the size of a page. */
  async *eachPart(
    parameters: Omit<requests.ListPartsParameters, "EncodingType">,
  ): AsyncGenerator<requests.Part, void, undefined> {
    yield* this.call(requests.LIST_PARTS, requests.eachPart, parameters);
  }

  /**
   * Makes one object of the parts. Not retried after a lost response: after a {@link TransportError} other than
   * `connect-failed`, HEAD shows whether the object is there.
   * @throws {TypeError} {@link RangeError} the parts are not in ascending order
   */
  async completeMultipartUpload(
    parameters: requests.CompleteMultipartUploadParameters,
  ): Promise<requests.CompleteMultipartUploadResult> {
    return this.call(requests.COMPLETE_MULTIPART_UPLOAD, requests.completeMultipartUpload, parameters);
  }

  /** Aborts a multipart upload: COS deletes its parts, which cost storage until then. */
  async abortMultipartUpload(parameters: requests.AbortMultipartUploadParameters): Promise<void> {
    return this.call(requests.ABORT_MULTIPART_UPLOAD, requests.abortMultipartUpload, parameters);
  }

  /** Lists one page (up to 1000) of a bucket's unfinished uploads. {@link eachMultipartUpload} lists all of them. */
  async listMultipartUploads(
    parameters: requests.ListMultipartUploadsParameters,
  ): Promise<requests.ListMultipartUploadsResult> {
    return this.call(requests.LIST_MULTIPART_UPLOADS, requests.listMultipartUploads, parameters);
  }

  /** Lists all unfinished uploads below a prefix, from the markers on; `MaxUploads` is the size of a page. */
  async *eachMultipartUpload(
    parameters: Omit<requests.ListMultipartUploadsParameters, "EncodingType" | "Delimiter">,
  ): AsyncGenerator<requests.MultipartUploadInfo, void, undefined> {
    yield* this.call(requests.LIST_MULTIPART_UPLOADS, requests.eachMultipartUpload, parameters);
  }
}
