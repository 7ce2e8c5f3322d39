import type { App, View } from "./app.ts";
import { bucketsView } from "./views/buckets.ts";
import { faultsView } from "./views/faults.ts";
import { objectView } from "./views/object.ts";
import { objectsView } from "./views/objects.ts";
import { requestsView } from "./views/requests.ts";
import { uploadsView } from "./views/uploads.ts";

/** Makes the view of an address: `#/objects/{bucket}/{prefix}`, with each segment escaped. */
export async function openView(app: App, hash: string): Promise<View> {
  const [name = "", bucket = "", rest = ""] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  switch (name) {
    case "objects":
      return objectsView(app, bucket, rest);
    case "object":
      return objectView(app, bucket, rest);
    case "uploads":
      return uploadsView(app);
    case "requests":
      return requestsView(app);
    case "faults":
      return faultsView(app);
    default:
      return bucketsView(app);
  }
}
