import { createCos, isCosError } from "@cosup/browser";

const { form, input, bar, status, start, pause } = Object.fromEntries(
  [...document.querySelectorAll("[id]")].map((element) => [element.id, element]),
);
const settings = await (await fetch("/settings")).json();
const cos = createCos({ ...settings.client, signRequest: sign });
/** Aborts the upload that is under way. */
let paused = new AbortController();

input.onchange = () => show(0, input.files[0] ? "Ready." : "Choose a file.");
pause.onclick = () => paused.abort();
form.onsubmit = (event) => {
  event.preventDefault();
  void upload(input.files[0]);
};

/** Uploads the file, or goes on with it: COS keeps the parts that it has, also after a reload. */
async function upload(file) {
  paused = new AbortController();
  setBusy(true);
  try {
    const { crc64, partsResumed } = await cos.uploadFile({
      Bucket: settings.Bucket,
      Key: `uploads/${file.name}`,
      Body: file,
      checkpoints: true,
      signal: paused.signal,
      onProgress: showProgress,
    });
    const resumed = partsResumed > 0 ? ` ${partsResumed} parts were there already.` : "";
    show(1, `Stored and verified: CRC64 ${crc64}.${resumed}`);
  } catch (error) {
    const goesOn = "Upload goes on where it stopped.";
    show(bar.value, paused.signal.aborted ? `Paused. ${goesOn}` : `${messageOf(error)} ${goesOn}`);
  } finally {
    setBusy(false);
  }
}

function showProgress(_consumed, total, { acknowledged, inFlight, bytesPerSecond }) {
  const rate = bytesPerSecond > 0 ? `, ${megabytes(bytesPerSecond)}/s` : "";
  const stored = `${megabytes(acknowledged)} of ${megabytes(total)} stored`;
  show(acknowledged / Math.max(total, 1), `${stored}, ${megabytes(inFlight)} under way${rate}`);
}

function messageOf(error) {
  return isCosError(error) && error.hint ? `${error.message}: ${error.hint}.` : `${error.message}.`;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function show(done, text) {
  bar.value = done;
  status.value = text;
}

function setBusy(busy) {
  start.disabled = busy;
  input.disabled = busy;
  pause.disabled = !busy;
}

/** Asks the server for the signature of one request to COS. */
async function sign(request) {
  const response = await fetch("/sign", { method: "POST", body: JSON.stringify(request) });
  if (!response.ok) throw new Error(`The server refused (${response.status})`);
  return response.json();
}
