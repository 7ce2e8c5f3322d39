import type { Api } from "./api.ts";
import { fill, h } from "./dom.ts";
import { notify } from "./messages.ts";
import { Transfer } from "./transfer.ts";

/** The uploads of this page, in a list at its end. */
export class Transfers {
  readonly #api: Api;
  readonly #section: HTMLElement;
  #all: Transfer[] = [];
  /** MiB of a part; undefined: the uploader's own size. */
  partSize: number | undefined;

  constructor(api: Api, section: HTMLElement) {
    this.#api = api;
    this.#section = section;
  }

  /** Begins an upload of each file. The same file again goes on where it was stopped. */
  add({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }, files: Iterable<File>): void {
    for (const file of files) {
      const key = prefix + file.name;
      const same = this.#all.find((each) => each.bucket === bucket && each.key === key);
      if (same?.running) {
        notify(`${key} is being uploaded already.`);
        continue;
      }
      if (same) this.#remove(same);
      const transfer = new Transfer(this.#api, { bucket, key, file, partSize: this.partSize }, () =>
        this.#remove(transfer),
      );
      this.#all.push(transfer);
      void transfer.start();
    }
    this.#show();
  }

  #remove(transfer: Transfer): void {
    this.#all = this.#all.filter((each) => each !== transfer);
    this.#show();
  }

  #show(): void {
    this.#section.hidden = this.#all.length === 0;
    fill(
      this.#section,
      h("h2", {}, "Uploads from this page"),
      h("ul", {}, ...this.#all.map(({ element }) => element)),
    );
  }
}
