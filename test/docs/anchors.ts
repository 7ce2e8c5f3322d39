import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The anchors that GitHub makes of the headings of a page. */
export function anchorsOf(text: string): Set<string> {
  const withoutCode = text.replace(/^```[\s\S]*?^```$/gm, "");
  const headings = [...withoutCode.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Why a relative link of a page leads nowhere; undefined: it leads to a file, and to a heading when it names one. */
export function brokenLink(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(target)) return `${link}: no such file`;
  if (anchor === undefined || anchorsOf(readFileSync(target, "utf8")).has(anchor)) return undefined;
  return `${link}: no such heading`;
}
