import { file, files, rawName, type Tree } from "./tree.ts";

const named = (name: string, ...names: readonly string[]): Tree => ({
  name,
  make: files(...names),
  uploaded: names,
});

/** One name as long as asked, of folders whose names a file system takes. */
function pathOf(bytes: number): string {
  return "n".repeat(bytes).replace(/(?<=^(?:.{200})+)./g, "/");
}

/** Names that are keys as they are. */
export const names: readonly Tree[] = [
  named("hidden files", ".hidden", ".git/config", "folder/.keep"),
  named("names that begin or end with dots", "..foo", "...", "..../...", "a..", "a./b", "..a/b.."),
  named("names that look like a way out", "..%2f", "..%2Fetc", "%2e%2e", "..\\..\\etc", "%2F", "~", "..;"),
  named("backslashes", "a\\b", "folder\\", "folder/c\\d\\e", "\\\\server"),
  named("percent signs", "100%", "%", "%%", "%41", "%zz", "%e4%b8%ad", "%0d%0a"),
  named(
    "what a URL or XML takes for its own",
    "a+b",
    "a#b",
    "a?b=c&d",
    "a&amp;b",
    "<a>",
    '"a"',
    "a'b",
    "a;b,c=d@e",
  ),
  named("what a shell takes for its own", "-rf", "*", "$HOME", "`x`", "a|b", "!", "[a]", "{a,b}", "(a)"),
  named("line breaks and tabs", "a\nb", "a\r\nb", "a\rb", "a\tb", "x-cos-acl: public-read\r\n"),
  named("spaces", " ", " a", "a ", "a  b", "folder / file ", "\u00a0", "\u3000a"),
  named(
    "emoji, scripts and marks",
    "🚀",
    "👩‍👩‍👧",
    "你好/世界",
    "שלום",
    "a\u202eb",
    "\ufeffa",
    "\uFFFD",
    "𝒳",
  ),
  named("control characters that COS takes", "a\u0001b", "\u0007", "a\u007f"),
  { ...named("names that differ in case alone", "A", "a", "Folder/x", "folder/x"), needs: "linux" },
  {
    ...named("NFC and NFD of one name", "é", "é".normalize("NFD"), "ü/é", `${"ü".normalize("NFD")}/é`),
    needs: "linux",
  },
  { ...named("a key of 850 bytes", pathOf(850)), bare: true },
];

/** Names that cannot be keys. */
export const wrongNames: readonly Tree[] = [
  {
    name: "a key of 851 bytes, and the file beside it",
    bare: true,
    make: files("short", pathOf(851)),
    uploaded: ["short"],
    failed: [`${pathOf(851)}: RangeError Key`],
  },
  {
    name: "a key of 851 bytes that has half as many characters",
    bare: true,
    make: files(
      `${"é".repeat(100)}/${"é".repeat(100)}/${"é".repeat(100)}/${"é".repeat(100)}/${"é".repeat(23)}a`,
    ),
    failed: [
      `${"é".repeat(100)}/${"é".repeat(100)}/${"é".repeat(100)}/${"é".repeat(100)}/${"é".repeat(23)}a: RangeError Key`,
    ],
  },
  {
    name: "a key that would begin with a backslash",
    bare: true,
    make: files("\\a", "b\\"),
    uploaded: ["b\\"],
    failed: ["\\a: RangeError Key"],
  },
  {
    name: "control characters that COS refuses",
    make: files("a\u0018", "b\u001a", "c\u001b[0m", "d"),
    uploaded: ["d"],
    failed: ["a\u0018: RangeError Key", "b\u001a: RangeError Key", "c\u001b[0m: RangeError Key"],
  },
  {
    name: "names that are not UTF-8",
    needs: "linux",
    make: [rawName("377"), rawName("141", "300", "257"), rawName("355", "240", "200"), file("good")],
    uploaded: ["good"],
    failed: ["\uFFFD: name-not-utf8", "a\uFFFD\uFFFD: name-not-utf8", "\uFFFD\uFFFD\uFFFD: name-not-utf8"],
  },
];
