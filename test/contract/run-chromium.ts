// Runs the suite in a page, which has the settings in a global variable, and posts one verdict per case.
import { createBrowserRuntime } from "../../packages/browser/src/runtime.ts";
import type { Settings } from "./contract.ts";
import { browserModules } from "./fixtures/web-modules.mjs";
import { runSuite, type Verdict } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

async function post(news: { readonly verdict?: Verdict; readonly ended?: true }): Promise<void> {
  await fetch("/", { method: "POST", body: JSON.stringify(news) });
}

const { settings } = globalThis as unknown as { readonly settings: Settings };
const cases = casesNamed(settings.only);
for await (const verdict of runSuite(cases, () => createBrowserRuntime(), settings, browserModules)) {
  await post({ verdict });
}
await post({ ended: true });
