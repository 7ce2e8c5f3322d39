import { statfs } from "node:fs/promises";

/** Of linux/magic.h: file systems that need this machine alone. One on a network may hang for ever. */
const LOCAL_DISKS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0x01021994, // tmpfs
  0x794c7630, // overlay
]);

/** Whether a file or folder is on a disk of this machine. A synchronous call on any other file may hang for ever. */
export async function isOnLocalDisk(path: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  return statfs(path).then(
    ({ type }) => LOCAL_DISKS.has(type),
    () => false,
  );
}

const devices = new Map<string, Promise<boolean>>();

/** {@link isOnLocalDisk}, asked once for each device. */
export function isDeviceLocal(path: string, device: number | bigint | string): Promise<boolean> {
  const key = String(device);
  let known = devices.get(key);
  if (known === undefined) {
    known = isOnLocalDisk(path);
    devices.set(key, known);
  }
  return known;
}
