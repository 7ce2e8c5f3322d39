import type { DownloadFileParameters } from "@cosup/node/download";
import type { CopyFlags } from "./copy-flags.ts";
import type { FileProgress } from "./files-progress.ts";

type Settings = Pick<
  DownloadFileParameters,
  "PartSize" | "MAXThread" | "TrafficLimit" | "resume" | "onProgress"
>;

/** What the flags of `cp` and `sync` say about each download. */
export function downloadSettings(
  flags: Pick<CopyFlags, "partSize" | "concurrency" | "trafficLimit" | "resume">,
  progress: FileProgress,
): Settings {
  return {
    PartSize: flags.partSize,
    MAXThread: flags.concurrency,
    TrafficLimit: flags.trafficLimit,
    resume: flags.resume === "server" ? undefined : flags.resume,
    onProgress: (acknowledged, total, resumed) =>
      progress.update({ acknowledged, resumed, inFlight: 0 }, total),
  };
}
