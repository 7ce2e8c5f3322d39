import { type Argument, type Command, Help, type Option } from "commander";
import { widthOf } from "../display/width.ts";
import { translateTexts } from "./help-level.ts";
import { wrapChinese } from "./wrap-chinese.ts";
import { SIMPLIFIED_CHINESE } from "./zh-cn/index.ts";

/** Columns of help that does not go to a terminal, as commander has it. */
const DEFAULT_COLUMNS = 80;

/** Below this, lines are not broken, as commander has it: a terminal that does not know its width says 0. */
const FEWEST_COLUMNS = 40;

/** Words that commander adds behind the description of a flag or an argument. */
const ADDED: Readonly<Record<string, string>> = { choices: "可选值", default: "默认", env: "环境变量" };

/**
 * Prints the help of `program` in Simplified Chinese. Commands, flags and values stay as they are, and so do other
 * texts that read the descriptions, as the scripts of `cosup completion`.
 * @param translate by default from the catalog in `zh-cn`; a text without an entry stays English
 */
export function useChineseHelp(
  program: Command,
  translate: (text: string) => string = (text) => SIMPLIFIED_CHINESE[text] ?? text,
): void {
  translateTexts((text) => {
    const columns = program.configureOutput().getOutHelpWidth?.() ?? DEFAULT_COLUMNS;
    return wrap(translate(text), columns);
  });
  configure(program, chineseHelp(translate));
}

function configure(command: Command, help: Partial<Help>): void {
  command.configureHelp({ ...command.configureHelp(), ...help });
  for (const each of command.commands) configure(each, help);
}

function chineseHelp(translate: (text: string) => string): Partial<Help> {
  const details = (english: string, { description }: Option | Argument): string =>
    `${translate(description)}${addedBehind(english.slice(description.length))}`;
  return {
    displayWidth: widthOf,
    boxWrap: wrap,
    styleTitle: translate,
    commandDescription: (command) => translate(command.description()),
    subcommandDescription: (command) => translate(command.description()),
    optionDescription: (option) => details(Help.prototype.optionDescription(option), option),
    argumentDescription: (argument) => details(Help.prototype.argumentDescription(argument), argument),
    // A full-width colon has its space within.
    formatHelp(this: Help, command, helper) {
      const usage = translate("Usage:");
      return Help.prototype.formatHelp.call(this, command, helper).replace(`${usage} `, usage);
    },
  };
}

function wrap(text: string, columns: number): string {
  return columns < FEWEST_COLUMNS ? text : wrapChinese(text, columns);
}

/** ` (choices: "a", "b", default: "a")` in Chinese. */
function addedBehind(english: string): string {
  return english
    .replace(/^ ?\((.*)\)$/s, "（$1）")
    .replace(/(, )?\b(choices|default|env): /g, (_, comma = "", word) => `${comma && "；"}${ADDED[word]}：`);
}
