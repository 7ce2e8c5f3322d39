import type { App } from "../app.ts";
import type { ObjectRow } from "../data.ts";
import { h } from "../dom.ts";
import { bytes, dateOf } from "../format.ts";
import { linkTo } from "../links.ts";
import { downloadButton } from "./download.ts";

/** The cells of a folder in a list of objects. */
export function folderRow(bucket: string, prefix: string, folder: string): (Node | string)[] {
  return [h("a", { href: linkTo("objects", bucket, folder) }, folder.slice(prefix.length)), "", "", "", ""];
}

/** The cells of an object or of one of its versions. */
export function objectRow(app: App, bucket: string, prefix: string, row: ObjectRow): (Node | string)[] {
  const { key, size, crc64, lastModified, versionId, latest } = row;
  const marker = size === undefined;
  const name = h("a", { href: linkTo("object", bucket, key) }, key.slice(prefix.length) || key);
  const kind = marker ? " (delete marker)" : latest ? "" : " (old version)";
  return [
    h("span", { className: latest && !marker ? "key" : "key old" }, name, kind),
    h("span", { className: "nowrap" }, bytes(size)),
    h("code", {}, crc64 ?? ""),
    dateOf(lastModified),
    marker ? "" : downloadButton(app, bucket, key, versionId),
  ];
}
