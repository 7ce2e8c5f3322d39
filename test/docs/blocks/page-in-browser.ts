// Runs the programs of the documents in a page, one after the other, and tells the server what they print. They find the
// names of globals-browser.d.ts; the elements have theirs by id.
import { createCos } from "@cosup/browser";

declare const input: { files: readonly File[]; onchange: unknown; dispatchEvent(event: Event): void };
declare const pause: { onclick: unknown };
declare const DataTransfer: new () => { items: { add(file: File): void }; files: readonly File[] };

let name = "";
/** In order: requests of their own could overtake each other. */
let told: Promise<unknown> = Promise.resolve();
function tell(news: { readonly line?: string; readonly error?: string }): void {
  const body = JSON.stringify({ name, ...news });
  told = told.then(() => fetch("/news", { method: "POST", body }));
}

const fail = (reason: unknown): void =>
  tell({ error: reason instanceof Error ? `${reason.stack}` : `${reason}` });
addEventListener("error", (event) => fail(event.message));
addEventListener("unhandledrejection", (event) => fail(event.reason));
console.log = (...values) => tell({ line: values.map(String).join(" ") });

const cos = createCos({
  Region: "ap-guangzhou",
  credentials: () => fetch("/cos-keys").then((response) => response.json()),
});
const file = new File([await (await fetch("/big.bin")).blob()], "big.bin", { lastModified: 1 });
const transfer = new DataTransfer();
transfer.items.add(file);
input.files = transfer.files;
Object.assign(globalThis, { cos, file, Bucket: "examplebucket-1250000000", Key: "exampleobject" });

for (name of await (await fetch("/programs")).json()) {
  input.onchange = null;
  pause.onclick = null;
  await import(`/${name}.js`).catch(fail);
  input.dispatchEvent(new Event("change"));
  // Responds when the program has printed what it says, or has failed.
  await fetch("/ran", { method: "POST", body: name });
}
