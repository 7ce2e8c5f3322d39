import { parseAst } from "vitest/node";

/** A text of a program: what stands between its variables, in their order. */
export interface SourceText {
  readonly place: string;
  readonly parts: readonly string[];
}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Functions that print what they are given, or make an error of it. */
const PRINTERS = /^(writeError|warn|tell|fail|end)$/;
const ERRORS = /(Error|^EarlyEnd)$/;
/** Properties of warnings and of the findings of `cosup doctor`. */
const PROPERTIES = /^(message|advice)$/;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

function* nodesOf(node: Node): Generator<Node, void, undefined> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}

function parse(source: string): Node {
  return parseAst(source, { lang: "ts" }) as unknown as Node;
}

/** The nodes of a field. */
function nodesIn(node: Node, ...fields: readonly string[]): Node[] {
  return fields.flatMap((field) => node[field]).filter(isNode);
}

/** The name of a variable, of a property or of what is called; "" where there is none. */
function nameOf(node: Node | undefined): string {
  if (node?.type === "Super") return "Error";
  const [property] = node === undefined ? [] : nodesIn(node, "property");
  return property === undefined ? String(node?.name ?? "") : nameOf(property);
}

/** What each constant, function and method of a file may give. */
function valuesByName(program: Node): Map<string, Node[]> {
  const values = new Map<string, Node[]>();
  for (const node of nodesOf(program)) {
    const [name = ""] = nodesIn(node, "id", "key").map(nameOf);
    const given = /^(VariableDeclarator|MethodDefinition)$/.test(node.type)
      ? nodesIn(node, "init", "value")
      : node.type === "FunctionDeclaration"
        ? [node]
        : [];
    if (name !== "" && given.length > 0) values.set(name, [...(values.get(name) ?? []), ...given]);
  }
  return values;
}

/** What a function returns; functions in it are not looked into. */
function returnedBy(node: Node): Node[] {
  if (node.type === "ReturnStatement") return nodesIn(node, "argument");
  return childrenOf(node).flatMap((child) => (/Function/.test(child.type) ? [] : returnedBy(child)));
}

/** The expressions whose texts are texts of this one. */
function partsOf(node: Node, values: ReadonlyMap<string, readonly Node[]>): readonly Node[] {
  switch (node.type) {
    case "ConditionalExpression":
      return nodesIn(node, "consequent", "alternate");
    case "Identifier":
      return values.get(nameOf(node)) ?? [];
    case "MemberExpression":
      return nodesIn(node, "object");
    case "CallExpression": {
      const [callee] = nodesIn(node, "callee");
      return [
        ...(values.get(nameOf(callee)) ?? []),
        ...(callee?.type === "MemberExpression" ? [callee] : []),
      ];
    }
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "FunctionDeclaration": {
      const body = nodesIn(node, "body");
      return body.flatMap((each) => (each.type === "BlockStatement" ? returnedBy(each) : [each]));
    }
    default:
      // Operators, lists, tables, templates, `await` and `as`.
      return /Expression$|^(TemplateLiteral|Property)$/.test(node.type)
        ? nodesIn(
            node,
            "left",
            "right",
            "elements",
            "properties",
            "value",
            "expressions",
            "expression",
            "argument",
          )
        : [];
  }
}

function* textsOf(
  node: Node,
  values: ReadonlyMap<string, readonly Node[]>,
  seen: Set<Node>,
): Generator<readonly string[], void, undefined> {
  if (seen.has(node)) return;
  seen.add(node);
  const own = literalsOf(node);
  if (own.length > 0) yield own;
  for (const part of partsOf(node, values)) yield* textsOf(part, values, seen);
}

/** The text of a literal: one string, or those between the variables of a template. */
function literalsOf(node: Node): readonly string[] {
  if (node.type === "Literal" && typeof node.value === "string") return [node.value];
  if (node.type === "TemplateLiteral")
    return nodesIn(node, "quasis").map(({ value }) => String((value as { readonly cooked: unknown }).cooked));
  return [];
}

/** What is given to errors, to functions that print to stderr, to warnings and to findings. */
function printedBy(node: Node): Node[] {
  const [called, key] = [nodesIn(node, "callee")[0], nodesIn(node, "key")[0]];
  if (node.type === "NewExpression" || node.type === "CallExpression") {
    const name = nameOf(called);
    const isError = (node.type === "NewExpression" || called?.type === "Super") && ERRORS.test(name);
    return isError || PRINTERS.test(name) ? nodesIn(node, "arguments") : [];
  }
  return node.type === "Property" && PROPERTIES.test(nameOf(key)) ? nodesIn(node, "value") : [];
}

/** The texts of at least two words that a module gives to errors, warnings and findings. */
export function errorTexts(path: string, source: string): SourceText[] {
  const program = parse(source);
  const values = valuesByName(program);
  const seen = new Set<Node>();
  return [...nodesOf(program)]
    .flatMap(printedBy)
    .flatMap((node) => [...textsOf(node, values, seen)])
    .map((parts) => ({ place: path, parts: parts.map((part) => part.trim()) }))
    .filter(({ parts }) => parts.some((part) => part.includes(" ")));
}

/** Every text in a test: strings, templates and regular expressions, these without their backslashes. */
export function literalTexts(source: string): string[] {
  return [...nodesOf(parse(source))].flatMap((node) => {
    const pattern = (node.regex as { readonly pattern?: unknown } | undefined)?.pattern;
    return typeof pattern === "string" ? [pattern.replaceAll("\\", "")] : literalsOf(node);
  });
}
