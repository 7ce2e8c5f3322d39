type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a progress display that is drawn again and again makes sense: on a terminal that can move its cursor, with
 * somebody before it. CI systems may have a terminal, but keep its output as a log.
 */
export function canDraw(isTerminal: boolean, { TERM, CI }: Environment): boolean {
  const isLog = CI !== undefined && CI !== "" && CI !== "false" && CI !== "0";
  // Windows sets no TERM; elsewhere a terminal without one is of an unknown kind.
  const canMove = process.platform === "win32" || (TERM !== undefined && TERM !== "" && TERM !== "dumb");
  return isTerminal && canMove && !isLog;
}

/** Whether colours are wanted: https://no-color.org */
export function colorsOf({ NO_COLOR }: Environment): boolean {
  return NO_COLOR === undefined || NO_COLOR === "";
}

/** Whether the terminal shows characters beyond ASCII. */
export function hasUnicode({ LC_ALL, LC_CTYPE, LANG }: Environment): boolean {
  return process.platform === "win32" || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}
