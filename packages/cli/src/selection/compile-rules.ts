import ignore from "ignore";

/** The library keeps the result of every path; after so many it is created again, so that memory stays bounded. */
const MOST_REMEMBERED = 20_000;

/** Whether rules leave out a path. */
export type IsIgnored = (path: string, isFolder: boolean) => boolean;

/**
 * Compiles rules in the form of a .gitignore: the last one that matches decides, `!` takes a path back, and nothing can be
 * taken back out of a folder that is left out. Upper and lower case differ.
 */
export function compileRules(texts: readonly string[]): IsIgnored {
  // A list would be taken for single rules; a text is split into lines.
  const lines = texts.join("\n");
  const compile = () => ignore({ ignorecase: false, allowRelativePaths: true }).add(lines);
  let rules = compile();
  let remembered = 0;
  return (path, isFolder) => {
    if (path === "") return false;
    remembered += 1;
    if (remembered > MOST_REMEMBERED) {
      rules = compile();
      remembered = 0;
    }
    return rules.ignores(isFolder ? `${path}/` : path);
  };
}
