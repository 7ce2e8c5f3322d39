// A dedicated, shared or service worker that uploads the file of each message.
import { type UploadCall, upload } from "./uploads.ts";

interface Order {
  readonly call: UploadCall;
  readonly file: File;
  /** Gets the outcome. */
  readonly port: MessagePort;
}

/** A service worker may be stopped unless it says that it waits. */
type Message = MessageEvent<Order> & { waitUntil?(promise: Promise<void>): void };

function carryOut(message: Message): void {
  const { call, file, port } = message.data;
  const ended = upload(call, file).then((outcome) => port.postMessage(outcome));
  message.waitUntil?.(ended);
}

addEventListener("message", (event) => carryOut(event as Message));
// A shared worker gets a port from each page.
addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port) port.onmessage = carryOut;
});
