import type { App } from "../app.ts";
import { h } from "../dom.ts";

/** Downloads an object or one of its versions. Its address is signed when the button is pressed, and soon expires. */
export function downloadButton(app: App, bucket: string, key: string, versionId: string): HTMLElement {
  const download = (): Promise<void> =>
    app.run(async () => {
      const href = await app.api.download(bucket, key, versionId);
      // An attachment, never shown: an object that is a web page would have the origin of the console.
      h("a", { href, download: key.split("/").pop() || "object" }).click();
    });
  const button = h("button", { type: "button", onclick: () => void download() }, "Download");
  button.setAttribute("aria-label", `Download ${key}`);
  return button;
}
