import { readlinkSync } from "node:fs";
import { errorCode } from "@cosup/core/runtime";

const onLinux = process.platform === "linux";

/**
 * The present path, without links, of an open file or directory, as the Linux kernel knows it. Only this reads a path and
 * a file in one step: between two calls, another process may exchange a folder with a link. Undefined on other systems
 * and where no /proc is mounted. Synchronous, because it never waits for a disk: 3 µs.
 * @throws the path is longer than any that can be opened
 */
export function descriptorPath(descriptor: number): string | undefined {
  if (!onLinux) return undefined;
  try {
    const link = `/proc/self/fd/${descriptor}`;
    const text = readlinkSync(link);
    if (!text.includes("\uFFFD")) return text;
    // A path that is not UTF-8 must not equal another one that really contains U+FFFD.
    const bytes = readlinkSync(link, "buffer");
    const path = bytes.toString("utf8");
    return Buffer.from(path).equals(bytes) ? path : bytes.toString("latin1");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "EACCES" || code === "EPERM") return undefined;
    throw error;
  }
}
