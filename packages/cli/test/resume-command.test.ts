import { expect, it } from "vitest";
import { type Invocation, resumeCommand } from "../src/resume-command.ts";

function invocation(script: string, words: readonly string[], more: Partial<Invocation> = {}): Invocation {
  return { argv: ["/usr/bin/node", script, ...words], env: {}, platform: "linux", cwd: "/home/me", ...more };
}

it("is the command line as it was entered", () => {
  const words = ["cp", "-r", "./photos", "cos://demo-1250000000/photos/", "--part-size", "8"];
  expect(resumeCommand(invocation("/usr/local/bin/cosup", words))).toBe(`cosup ${words.join(" ")}`);
});

it("begins with npx when npx started cosup", () => {
  const env = { npm_command: "exec" };
  expect(resumeCommand(invocation("/home/me/node_modules/.bin/cosup", ["cp"], { env }))).toBe("npx cosup cp");
});

it("contains the script path when node was started with it", () => {
  expect(resumeCommand(invocation("/home/me/x/cosup.js", ["cp"]))).toBe("node x/cosup.js cp");
  expect(resumeCommand(invocation("/opt/x/cosup.js", ["cp"]))).toBe("node /opt/x/cosup.js cp");
});

it.each([
  [["--proxy", "http://me:canary@p.example:3128", "a@b.bin"], "--proxy http://p.example:3128 a@b.bin"],
  [["--proxy=me:canary@p.example:3128", "a@b.bin"], "--proxy=p.example:3128 a@b.bin"],
  [["--proxy", "none"], "--proxy none"],
])("leaves out a proxy's password: %j", (words, expected) => {
  expect(resumeCommand(invocation("/bin/cosup", ["cp", ...words]))).toBe(`cosup cp ${expected}`);
});

it("quotes for a POSIX shell", () => {
  const words = [
    "cp",
    "it's here.bin",
    "cos://demo-1250000000/a b",
    "--endpoint",
    "http://127.0.0.1:1/{Bucket}",
    "",
  ];
  expect(resumeCommand(invocation("/bin/cosup", words))).toBe(
    `cosup cp 'it'\\''s here.bin' 'cos://demo-1250000000/a b' --endpoint 'http://127.0.0.1:1/{Bucket}' ''`,
  );
});

it("writes unprintable characters as escapes that bash understands", () => {
  const command = resumeCommand(invocation("/bin/cosup", ["cp", "it's\\ \n\u001b[31m\u202e.bin", "k"]));
  expect(command).toBe("cosup cp $'it\\'s\\\\ \\012\\033[31m\\342\\200\\256.bin' k");
});

it("quotes for Windows", () => {
  const words = ["cp", "my file.bin", "cos://demo-1250000000/k"];
  const command = resumeCommand(invocation("/bin/cosup", words, { platform: "win32" }));
  expect(command).toBe('cosup cp "my file.bin" cos://demo-1250000000/k');
});

it("leaves out --resume off", () => {
  const words = ["cp", "off", "--resume", "off", "cos://demo-1250000000/k", "--resume=off"];
  expect(resumeCommand(invocation("/bin/cosup", words))).toBe("cosup cp off cos://demo-1250000000/k");
});

it("adds the flags that resuming needs", () => {
  expect(resumeCommand(invocation("/bin/cosup", ["cp"]), ["--skip", "same"])).toBe("cosup cp --skip same");
});
