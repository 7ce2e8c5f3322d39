// Runs the contract suite in a page of headless Chromium.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { bundleForChromium } from "./bundle.mjs";
import { startChromium } from "./start-chromium.mjs";

/** A case ends after two minutes at the latest. */
const SILENCE_MS = 300_000;

/**
 * Opens the page that runs the suite, which posts each verdict to the server that it came from. Without a debugger: one
 * that watches the network takes as much processor time as the suite.
 */
export async function launchChromium(settings) {
  const script = await bundleForChromium();
  const verdicts = [];
  const run = newRun();
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      const { verdict, ended } = JSON.parse(await text(request));
      if (verdict !== undefined) verdicts.push(verdict);
      run.alive();
      if (ended) run.end();
      response.end();
    } else if (request.url === "/suite.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else {
      const page = `<!doctype html><script>settings = ${JSON.stringify(settings)}</script><script type="module" src="/suite.js"></script>`;
      response.writeHead(200, { "content-type": "text/html" }).end(page);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await startChromium(`http://127.0.0.1:${server.address().port}/`, (error) =>
    run.fail(error),
  );
  try {
    // Cases without a verdict fail; the reason stands here.
    await run.ended.catch((error) => console.error(`chromium: ${error.message}`));
    return verdicts;
  } finally {
    await browser.stop();
    server.close();
    server.closeAllConnections();
  }
}

/** The end of a run: the last verdict, the end of the browser, or none of both for too long. */
function newRun() {
  let timer;
  let end;
  let fail;
  const ended = new Promise((resolve, reject) => {
    end = resolve;
    fail = reject;
  }).finally(() => clearTimeout(timer));
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(new Error("the page gives no more verdicts")), SILENCE_MS);
  };
  alive();
  return { ended, end, fail, alive };
}
