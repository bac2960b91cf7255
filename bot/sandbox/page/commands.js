/** Slash commands as people type them: subcommands are one name with spaces. Texts are in the reader's language. */

import { languageInAddress } from "./language.js";

/** Kinds of options, as Discord numbers them. */
export const Kind = {
  SUBCOMMAND: 1, GROUP: 2, STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, NUMBER: 10, FILE: 11,
};

/** Text that looks like an option and its value, whether or not the option exists. */
export const NAMED = /(?<!\S)([\p{L}\p{N}_-]+):(?=\s|$)/u;

/** Likewise at the end of what is being typed. */
export const JUST_NAMED = /(?<!\S)([\p{L}\p{N}_-]+):$/u;

/**
 * @typedef {{name: string, value: string | number | boolean}} Choice
 * @typedef {{name: string, description: string, type: number, required?: boolean, choices?: Choice[],
 *   autocomplete?: boolean, channel_types?: number[], min_value?: number, max_value?: number, max_length?: number}} Option
 * @typedef {{id: string, name: string, description: string, options: Option[]}} Command
 */

/** Everything that can be typed after a slash, by name. @param {any[]} registered @returns {Command[]} */
export function slashCommands(registered) {
  const slash = registered.filter((each) => (each.type ?? 1) === 1).map((each) => inLanguage(each, languageInAddress()));
  return slash.flatMap((each) => leaves(each, each.id, each.name));
}

/** The entries in a message's menu. @param {any[]} registered @returns {{name: string, label: string}[]} */
export function menuCommands(registered) {
  const language = languageInAddress();
  return registered
    .filter((each) => each.type === 3)
    .map(({ name, name_localizations: names }) => ({ name, label: names?.[language] ?? name }));
}

/**
 * A command or option with its texts in the reader's language. Names that are typed stay.
 * @param {any} node @param {string} language @returns {any}
 */
function inLanguage(node, language) {
  const { description_localizations: texts, options, choices } = node;
  return {
    ...node,
    description: texts?.[language] ?? node.description,
    options: options?.map((/** @type {any} */ each) => inLanguage(each, language)),
    choices: choices?.map((/** @type {any} */ each) => ({ ...each, name: each.name_localizations?.[language] ?? each.name })),
  };
}

/** @param {string} typed */
function wordsOf(typed) {
  return typed.replace(/^\//, "").trim().toLowerCase();
}

/** Whether the typed text is in a command's name, not only in what is said about it. @param {Command} command @param {string} typed */
export function isNamed({ name }, typed) {
  return name.includes(wordsOf(typed));
}

/** Commands that match the typed text, best first. @param {Command[]} commands @param {string} typed */
export function matching(commands, typed) {
  const words = wordsOf(typed);
  const rank = (/** @type {Command} */ { name, description }) => {
    if (name.startsWith(words)) return 0;
    if (name.includes(words)) return 1;
    return description.toLowerCase().includes(words) ? 2 : 3;
  };
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((each) => each.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((each) => each.command);
}

/**
 * Why a typed line is not a command, if its first word is that of others: where that is chosen, or what there is.
 * @param {Command[]} commands @param {string} line
 */
export function whyUnknown(commands, line) {
  const [root, ...more] = line.slice(1).trim().split(/\s+/);
  const related = commands.filter(({ name }) => name.startsWith(`${root} `));
  const rest = more.join(" ");
  if (!related.length) return null;
  const names = `Type one of these after /${root}: ${related.map(({ name }) => name.slice(root.length + 1)).join(", ")}.`;
  if (!rest) return names;
  const found = related.flatMap((command) => takers(command, rest))[0];
  return found ? `There is no /${root} ${rest}. Use ${found}.` : `There is no /${root} ${rest}. ${names}`;
}

/** A command as it is typed with a choice whose name begins so. @param {Command} command @param {string} typed */
function takers({ name, options }, typed) {
  const fits = (/** @type {Choice} */ choice) => choice.name.toLowerCase().startsWith(typed.toLowerCase());
  return options.flatMap((option) => (option.choices ?? []).filter(fits).map((each) => `/${name} ${option.name}: ${each.name}`));
}

/**
 * Read a whole typed line such as `/create prompt: a fox seconds: 8`.
 * Words before the first option name belong to the first option; a name without words is an option still to fill in.
 * `rest` is text that no option takes: in a value picked from a list, it begins where another name seems to.
 * @param {Command[]} commands @param {string} line
 * @returns {{command: Command, values: Map<string, string>, rest: string} | null} null while no command is complete
 */
export function typedCommand(commands, line) {
  const command = commands.find((each) => line.startsWith(`/${each.name} `));
  if (!command) return null;
  const values = new Map();
  let rest = "";
  let name = command.options.find((option) => option.type !== Kind.FILE)?.name;
  for (const piece of pieces(command, line.slice(command.name.length + 2))) {
    const isName = command.options.find((option) => piece === `${option.name}:`);
    if (isName) {
      name = isName.name;
      if (!values.has(name)) values.set(name, "");
      continue;
    }
    const [own, other] = cut(piece, command.options.find((option) => option.name === name));
    if (own) values.set(name, `${values.get(name) ?? ""} ${own}`.trim());
    rest = `${rest} ${other}`.trim();
  }
  return { command, values, rest };
}

/** Splits a piece: what the option takes, and the rest. @param {string} piece @param {Option | undefined} option */
function cut(piece, option) {
  const text = piece.trim();
  if (!option) return ["", text];
  if (option.type === Kind.STRING && !option.choices?.length) return [text, ""];
  const at = text.search(NAMED);
  return at < 0 ? [text, ""] : [text.slice(0, at).trim(), text.slice(at)];
}

/** Text cut before and after option names. @param {Command} command @param {string} text */
function pieces(command, text) {
  if (command.options.length === 0) return [text];
  const names = command.options.map((option) => option.name.replace(/[^\p{L}\p{N}_-]/gu, ""));
  return text.split(new RegExp(`(?<![^\\s])((?:${names.join("|")}):)`, "u"));
}

/** @param {any} node @param {string} id @param {string} name @returns {Command[]} */
function leaves(node, id, name) {
  const options = node.options ?? [];
  const inner = options.filter((/** @type {any} */ each) => each.type === Kind.SUBCOMMAND || each.type === Kind.GROUP);
  if (inner.length === 0) return [{ id, name, description: node.description ?? "", options }];
  return inner.flatMap((/** @type {any} */ each) => leaves(each, id, `${name} ${each.name}`));
}
