import type { Api } from "./api.ts";
import { fill, h } from "./dom.ts";
import { bytes } from "./format.ts";
import { messageOf } from "./messages.ts";
import { onRetry, uploader } from "./uploader.ts";

/** What is uploaded, and to where. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly file: File;
  readonly partSize: number | undefined;
}

/** One upload of a file of this page, with a progress bar. Stopped, it leaves its parts in COS and a checkpoint here. */
export class Transfer {
  readonly bucket: string;
  readonly key: string;
  readonly element: HTMLLIElement;
  readonly #api: Api;
  readonly #upload: Upload;
  readonly #bar = h("progress", { max: 1, value: 0 });
  readonly #text = h("span", { className: "hint" }, "waits");
  readonly #stop = h("button", { type: "button", onclick: () => this.stop() }, "Stop");
  readonly #resume = h(
    "button",
    { type: "button", hidden: true, onclick: () => void this.start() },
    "Resume",
  );
  readonly #dismiss = h("button", { type: "button", hidden: true }, "Dismiss");
  #running: AbortController | undefined;
  #retries = 0;

  constructor(api: Api, upload: Upload, dismissed: () => void) {
    this.#api = api;
    this.#upload = upload;
    this.bucket = upload.bucket;
    this.key = upload.key;
    this.#dismiss.onclick = dismissed;
    this.#bar.setAttribute("aria-label", `Progress of ${upload.key}`);
    const buttons = [this.#stop, this.#resume, this.#dismiss];
    for (const button of buttons) {
      button.setAttribute("aria-label", `${button.textContent ?? ""} ${upload.key}`);
    }
    const name = h("span", { className: "key", title: `${upload.bucket}/${upload.key}` }, upload.key);
    this.element = h("li", {}, name, this.#bar, this.#text, h("span", { className: "buttons" }, ...buttons));
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  stop(): void {
    this.#running?.abort(new DOMException("stopped", "AbortError"));
  }

  /** Sends the file, or what is left of it. */
  async start(): Promise<void> {
    const controller = new AbortController();
    this.#running = controller;
    this.#bar.removeAttribute("value");
    this.#show("sending", "starts");
    const end = onRetry(({ Bucket, Key }) => {
      if (Bucket === this.bucket && Key === this.key) this.#retries += 1;
    });
    try {
      const { size, partsResumed } = await this.#send(controller.signal);
      this.#bar.value = 1;
      const resumed = partsResumed > 0 ? `, ${partsResumed} parts were there` : "";
      this.#show("done", `${bytes(size)} stored and verified${resumed}${this.#retried()}`);
    } catch (error) {
      if (this.#bar.position < 0) this.#bar.value = 0;
      if (controller.signal.aborted) this.#show("stopped", "stopped; after a reload, drop the same file");
      else this.#show("failed", messageOf(error));
    } finally {
      end();
      this.#running = undefined;
    }
  }

  async #send(signal: AbortSignal): Promise<{ size: number; partsResumed: number }> {
    const { bucket, key, file, partSize } = this.#upload;
    const cos = await uploader(this.#api);
    const { size = file.size, partsResumed = 0 } = await cos.uploadFile({
      Bucket: bucket,
      Key: key,
      Body: file,
      checkpoints: true,
      signal,
      ...(partSize === undefined ? {} : { PartSize: partSize }),
      onProgress: (done, total = file.size, { bytesPerSecond }) => {
        // Until something is acknowledged, the bar only says that it is under way.
        if (done > 0) this.#bar.value = done / Math.max(total, 1);
        const rate = bytesPerSecond === undefined ? "" : `, ${bytes(Math.round(bytesPerSecond))}/s`;
        this.#text.textContent = `${bytes(done)} of ${bytes(total)}${rate}${this.#retried()}`;
      },
    });
    return { size, partsResumed };
  }

  #retried(): string {
    return this.#retries === 0 ? "" : `, ${this.#retries} retries`;
  }

  #show(state: "sending" | "done" | "stopped" | "failed", text: string): void {
    this.element.dataset.state = state;
    const focused = this.element.contains(document.activeElement);
    fill(this.#text, text);
    this.#stop.hidden = state !== "sending";
    this.#resume.hidden = state !== "stopped" && state !== "failed";
    this.#dismiss.hidden = state === "sending";
    // The button that was pressed is gone: the keyboard goes on at the one in its place.
    if (focused)
      (state === "sending" ? this.#stop : this.#resume.hidden ? this.#dismiss : this.#resume).focus();
  }
}
