import { OBJECT_HEADERS } from "../params/object-headers.ts";
import { BODY, INFER_CONTENT_TYPE, LOCAL_FILE_PATH, MULTIPART, OBJECT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import type { CommonUploadParameters } from "./parameters.ts";

/** The parameters of {@link CosClient.putObjectFromLocalFile}. */
export interface PutObjectFromLocalFileParameters extends CommonUploadParameters {
  /** Path or file: URL. A change of the file during the upload is noticed as `uploadFile` says. */
  readonly LocalFilePath: string | URL;
}

/** The parameter table of putObjectFromLocalFile. */
export const PUT_OBJECT_FROM_LOCAL_FILE = {
  name: "putObjectFromLocalFile",
  parameters: {
    ...OBJECT,
    LocalFilePath: LOCAL_FILE_PATH,
    ...BODY,
    ...OBJECT_HEADERS,
    inferContentType: INFER_CONTENT_TYPE,
    ...MULTIPART,
  },
} as const satisfies Method;
