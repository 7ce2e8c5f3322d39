import { checkpointPlace, flag, oneOf } from "../params/checks.ts";
import {
  LOCAL_FILE_PATH,
  MULTIPART,
  OBJECT,
  READ_CONDITIONS,
  TRAFFIC_LIMIT,
} from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import type { ObjectDescription, ReadParameters } from "../requests/object-description.ts";
import type { Checkpoints } from "../runtime/checkpoint-store.ts";
import type { WarningCallback } from "../upload/options.ts";

/**
 * Called when more bytes are in the file: with their number, those of an earlier call included, the bytes in all, and how
 * many an earlier call had received. The first number never decreases, and equals the second only when the file is verified
 * and at its path.
 */
export type DownloadProgressCallback = (received: number, total: number, resumed: number) => void;

/** What to do about an earlier download that did not finish. */
export type DownloadResumeMode = "auto" | "require" | "off";

/** The parameters of `downloadFile`. The conditions hold for the whole download, also while it runs. */
export interface DownloadFileParameters extends ReadParameters {
  /**
   * Path or file: URL of the file to write; its folder must exist. A symbolic link is followed, and the file that it leads
   * to is replaced.
   */
  readonly LocalFilePath: string | URL;
  /** False: fail with `target-exists` if there is a file; default true, which replaces it. */
  readonly overwrite?: boolean | undefined;
  /**
   * MB (1 048 576 bytes) that one request asks for, 1 to 5120; default 8. An object that is not larger is one request. It
   * grows when the object would need more than 10 000.
   */
  readonly PartSize?: number | undefined;
  /** Requests under way at once, 1 to 1000; default 5. */
  readonly MAXThread?: number | undefined;
  /** Limit of each request in bit/s, 819 200 to 838 860 800. */
  readonly TrafficLimit?: number | string | undefined;
  /**
   * Where a download that does not finish is recorded, so that a later call can go on with it; the values, and the default,
   * are those of `uploadFile`. What has arrived then stays beside the file, as `.NAME.cosup-….part`. Without checkpoints, a
   * download that fails leaves nothing behind.
   */
  readonly checkpoints?: Checkpoints | undefined;
  /**
   * Default `auto`: go on with an earlier download of the same object, if it fits. `require` fails with a CheckpointError
   * when there is none; `off` begins from the start.
   */
  readonly resume?: DownloadResumeMode | undefined;
  /** Receives the bytes in the file so far. */
  readonly onProgress?: DownloadProgressCallback | undefined;
  /** Receives what did not stop the download but matters, such as an object without a CRC64. */
  readonly onWarning?: WarningCallback | undefined;
}

/** A file that has the bytes of the object. */
export interface DownloadResult extends ObjectDescription {
  /** The absolute path of the file, with links resolved. */
  readonly path: string;
  /** Bytes of the object, and of the file. */
  readonly size: number;
  /** CRC64-ECMA of the bytes as unsigned decimal, as they were computed here. */
  readonly crc64: string;
  /** Whether COS gave a CRC64, and it is the same. False: the object has none (warning `unverified`). */
  readonly verified: boolean;
  /** Bytes that an earlier call had left, each of them read again and compared with its checksum. */
  readonly bytesResumed: number;
}

/** The parameter table of downloadFile. */
export const DOWNLOAD_FILE = {
  name: "downloadFile",
  parameters: {
    ...OBJECT,
    LocalFilePath: LOCAL_FILE_PATH,
    overwrite: { check: flag },
    ...MULTIPART,
    TrafficLimit: TRAFFIC_LIMIT,
    checkpoints: { check: checkpointPlace },
    resume: { check: oneOf("auto", "require", "off") },
    ...READ_CONDITIONS,
  },
} as const satisfies Method;
