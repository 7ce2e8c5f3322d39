/** One command as the scripts know it. */
export interface CompletedCommand {
  /** The words that select it, with spaces between them; empty for `cosup` itself. */
  readonly path: string;
  readonly description: string;
  /** Names of the commands below it. */
  readonly commands: readonly string[];
  readonly flags: readonly CompletedFlag[];
}

/** One flag of a command. */
export interface CompletedFlag {
  /** `--part-size`, and `-r` if there is a short form. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** The values it accepts; empty if they are not listed. */
  readonly choices: readonly string[];
}

/** The script for bash. Values and arguments that it does not know are completed as file names. */
export function completionOfBash(table: readonly CompletedCommand[]): string {
  return `# Completion of cosup for bash. In ~/.bashrc: source <(cosup completion bash)
_cosup() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
${selections(table, `command=\${command:+$command }\${COMP_WORDS[i]}`)}
    esac
  done
  COMPREPLY=()
  case "$command:$prev" in
${valueCases(table, (words) => `COMPREPLY=($(compgen -W ${quote(words)} -- "$cur")); return`)}
  esac
  case "$command" in
${wordCases(table, "words=")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _cosup cosup
`;
}

/** The script for zsh. */
export function completionOfZsh(table: readonly CompletedCommand[]): string {
  return `#compdef cosup
# Completion of cosup for zsh. In ~/.zshrc, after compinit: source <(cosup completion zsh)
_cosup() {
  local command="" word known=""
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $word" in
${selections(table, `command=\${command:+$command }$word`)}
    esac
  done
  case "$command:\${words[CURRENT-1]}" in
${valueCases(table, (words) => `compadd -- ${words}; return`, "_files; return")}
  esac
  case "$command" in
${wordCases(table, "known=")}
  esac
  compadd -- \${=known}
  [[ $PREFIX == -* || -z $command ]] || _files
}
if [ "$funcstack[1]" = "_cosup" ]; then _cosup; else compdef _cosup cosup; fi
`;
}

/** The script for fish, with descriptions. */
export function completionOfFish(table: readonly CompletedCommand[]): string {
  const lines = table.flatMap(({ path, commands, flags }) => {
    const condition = conditionOfFish(path, table);
    const start = `complete -c cosup -n ${quoteFish(condition)}`;
    const below = commands.map((name) => {
      const of = table.find((each) => each.path === `${path} ${name}`.trim());
      const unseen =
        path === "" ? condition : `${condition}; and not __fish_seen_subcommand_from ${commands.join(" ")}`;
      return `complete -c cosup -f -n ${quoteFish(unseen)} -a ${name} -d ${quoteFish(of?.description ?? "")}`;
    });
    const own = flags.map(({ names, description, takesValue, choices }) => {
      const forms = names.map((name) =>
        name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
      );
      const values = choices.length > 0 ? ` -x -a ${quoteFish(choices.join(" "))}` : takesValue ? " -r" : "";
      return `${start} ${forms.join(" ")}${values} -d ${quoteFish(description)}`;
    });
    return [...below, ...own];
  });
  return `# Completion of cosup for fish: cosup completion fish > ~/.config/fish/completions/cosup.fish\n${lines.join("\n")}\n`;
}

function conditionOfFish(path: string, table: readonly CompletedCommand[]): string {
  const seen = (words: string): string => `__fish_seen_subcommand_from ${words}`;
  if (path === "") return `not ${seen(table.find((each) => each.path === "")?.commands.join(" ") ?? "")}`;
  // Of the same name: `ls` is another command than `uploads ls`.
  const above = table.filter((each) => each.path.endsWith(` ${path}`)).map((each) => each.path.split(" ")[0]);
  const others = above.length === 0 ? [] : [`not ${seen(above.join(" "))}`];
  return [...path.split(" ").map(seen), ...others].join("; and ");
}

/** Cases that recognize the words of a command. A later word of the same name is an argument. */
function selections(table: readonly CompletedCommand[], then: string): string {
  const patterns = table.flatMap(({ path, commands }) => commands.map((name) => quote(`${path} ${name}`)));
  return `      ${patterns.join("|")}) ${then} ;;`;
}

/** Cases for the value of a flag: its choices, else file names. */
function valueCases(
  table: readonly CompletedCommand[],
  choose: (words: string) => string,
  otherwise = "return",
): string {
  const lines = table.flatMap(({ path, flags }) => {
    const patterns = (names: readonly string[]): string =>
      names.map((name) => quote(`${path}:${name}`)).join("|");
    const listed = flags
      .filter(({ choices }) => choices.length > 0)
      .map(({ names, choices }) => `    ${patterns(names)}) ${choose(choices.join(" "))} ;;`);
    const free = flags.flatMap(({ names, takesValue, choices }) =>
      takesValue && choices.length === 0 ? names : [],
    );
    return free.length === 0 ? listed : [...listed, `    ${patterns(free)}) ${otherwise} ;;`];
  });
  return lines.join("\n");
}

/** Cases for the words of each command: the commands below it and its flags. */
function wordCases(table: readonly CompletedCommand[], assignment: string): string {
  return table
    .map(({ path, commands, flags }) => {
      const words = [...commands, ...flags.flatMap(({ names }) => names)].join(" ");
      return `    ${quote(path)}) ${assignment}${quote(words)} ;;`;
    })
    .join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoteFish(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
