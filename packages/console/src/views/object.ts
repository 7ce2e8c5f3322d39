import type { App, View } from "../app.ts";
import { changesObjects } from "../changes.ts";
import { coalesced } from "../coalesced.ts";
import type { ObjectVersion } from "../data.ts";
import { fill, h, table } from "../dom.ts";
import { bytes, dateOf } from "../format.ts";
import { linkTo } from "../links.ts";
import { breadcrumbs } from "./breadcrumbs.ts";
import { downloadButton } from "./download.ts";

/** One object: what is stored with it, and its versions. */
export async function objectView(app: App, bucket: string, key: string): Promise<View> {
  const element = h("section", {});
  const load = async (): Promise<void> => {
    const { versions } = await app.api.object(bucket, key);
    fill(element, breadcrumbs(bucket, key), ...shown(app, bucket, versions));
  };
  await load();
  const refresh = coalesced(() => void app.run(load));
  return {
    element,
    title: key,
    target: { bucket, prefix: key.slice(0, key.lastIndexOf("/") + 1) },
    onEvent(event) {
      if (changesObjects(event, bucket)) refresh();
    },
  };
}

function shown(app: App, bucket: string, versions: readonly ObjectVersion[]): HTMLElement[] {
  const [latest] = versions;
  if (latest === undefined) return [h("p", { className: "empty" }, "There is no such object.")];
  const versioned = versions.length > 1 || latest.versionId !== "null";
  return [
    latest.size === undefined
      ? h("p", { className: "empty" }, "Its latest version is a delete marker.")
      : h(
          "div",
          { className: "toolbar" },
          downloadButton(app, bucket, latest.key, latest.versionId),
          deleteButton(app, bucket, latest.key, undefined),
        ),
    facts(latest),
    ...(versioned ? [h("h3", {}, "Versions"), versionTable(app, bucket, versions)] : []),
  ];
}

function facts(version: ObjectVersion): HTMLElement {
  const { size, crc64, etag, lastModified, storageClass, appendable, acl, encryption, headers, tags } =
    version;
  const rows: [string, string | undefined][] = [
    ["Size", size === undefined ? undefined : `${bytes(size)} (${size.toLocaleString("en")} bytes)`],
    ["CRC64", crc64],
    ["ETag", etag],
    ["Modified", dateOf(lastModified)],
    ["Storage class", storageClass],
    ["Type", appendable ? "appendable" : undefined],
    ["ACL", acl],
    ["Encryption", encryption],
    ...Object.entries(headers),
    ...tags.map(({ key, value }): [string, string] => [`tag ${key}`, value]),
  ];
  const known = rows.filter(([, value]) => value !== undefined && value !== "");
  return h("dl", {}, ...known.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function versionTable(app: App, bucket: string, versions: readonly ObjectVersion[]): HTMLElement {
  const rows = versions.map(({ key, versionId, size, crc64, lastModified }) => [
    h("code", {}, versionId),
    size === undefined ? "delete marker" : bytes(size),
    h("code", {}, crc64 ?? ""),
    dateOf(lastModified),
    h(
      "span",
      { className: "buttons" },
      size !== undefined && downloadButton(app, bucket, key, versionId),
      deleteButton(app, bucket, key, versionId),
    ),
  ]);
  return table("Versions", ["Version", "Size", "~CRC64", "~Modified", "Actions"], rows);
}

function deleteButton(app: App, bucket: string, key: string, versionId: string | undefined): HTMLElement {
  const what = versionId === undefined ? key : `version ${versionId} of ${key}`;
  const remove = (): Promise<void> =>
    app.run(async () => {
      if (!confirm(`Delete ${what}?`)) return;
      const Query = versionId === undefined ? {} : { versionId };
      await app.api.cos({ Method: "DELETE", Bucket: bucket, Key: key, Query });
      if (versionId !== undefined) return app.refresh();
      location.hash = linkTo("objects", bucket, key.slice(0, key.lastIndexOf("/") + 1));
    });
  const button = h("button", { type: "button", className: "danger", onclick: () => void remove() }, "Delete");
  button.setAttribute("aria-label", `Delete ${what}`);
  return button;
}
