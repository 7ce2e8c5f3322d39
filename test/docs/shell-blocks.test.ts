import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { useBigFile } from "./blocks/big-file.ts";
import { pagesWith, runnable } from "./blocks/block.ts";
import { isForUsers, markdownFiles, root } from "./blocks/markdown.ts";
import { runInSandbox } from "./blocks/run-command.ts";
import { openSandbox } from "./blocks/sandbox.ts";
import { checkShell, shellScript } from "./blocks/shell.ts";

const pages = pagesWith("shell", markdownFiles().filter(isForUsers));

// The sandbox is made for POSIX systems.
describe.skipIf(process.platform === "win32")("the commands in the pages", () => {
  const bigFile = useBigFile();

  describe.concurrent("run", () => {
    it.each(pages.filter(({ programs }) => runnable(programs).length > 0))(
      "$page.path",
      async (page) => {
        const sandbox = await openSandbox(bigFile(), readFileSync(root + page.page.path, "utf8"));
        try {
          const programs = runnable(page.programs);
          const ownServer = programs.some(({ blocks }) => blocks.some(({ background }) => background));
          const port = ownServer ? await freePort() : sandbox.emulator.port;
          checkShell(programs, await runInSandbox(sandbox, "bash", ["-c", shellScript(programs, port)]));
          expect(sandbox.internet.unknown).toEqual([]);
        } finally {
          await sandbox.close();
        }
      },
      600_000,
    );
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
