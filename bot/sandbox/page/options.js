/** The values of one command option: the possible choices, and the meaning of typed text. */

import { Kind } from "./commands.js";

const PAUSE = 150; // milliseconds without typing before the bot is asked
const WHOLE = /^-?\d{1,16}$/;
const CHANNEL_TYPES = { text: 0, thread: 11 }; // Discord's numbers
const FRACTION = /^-?\d{1,16}(\.\d+)?$/;

/**
 * @typedef {import("./commands.js").Option} Option
 * @typedef {import("./commands.js").Choice} Choice
 */

/** @type {Choice[]} */
const YES_OR_NO = [{ name: "Yes", value: true }, { name: "No", value: false }];

/** A value that cannot be sent; the message is for the person. */
export class NotFitting extends Error {}

/**
 * The choices that need no query to the bot, or null if any text is allowed.
 * @param {Option} option @param {import("./world.js").World} world @returns {Choice[] | null}
 */
export function fixedChoices({ type, choices, channel_types: types }, world) {
  if (choices?.length) return choices;
  if (type === Kind.BOOLEAN) return YES_OR_NO;
  if (type === Kind.USER) return world.people.map(({ id, key, name }) => ({ name, value: id ?? key }));
  if (type === Kind.ROLE && world.roles.length) return world.roles.map(({ id, name }) => ({ name, value: id }));
  if (type === Kind.CHANNEL) return channelsOf(types, world).map(({ id, name }) => ({ name, value: id }));
  return null;
}

/** The server's channels that an option accepts. @param {number[] | undefined} types */
export function channelsOf(types, /** @type {import("./world.js").World} */ { channels }) {
  return channels.filter(({ kind }) => kind !== "dm" && (!types?.length || types.includes(CHANNEL_TYPES[kind])));
}

/** Choices for typed text; those that begin with it come first. @param {Choice[]} choices @param {string} typed */
export function narrowed(choices, typed) {
  const words = typed.trim().toLowerCase();
  const position = (/** @type {Choice} */ { name }) => name.toLowerCase().indexOf(words);
  return choices.filter((each) => position(each) >= 0).sort((a, b) => position(a) - position(b));
}

/**
 * The value to send for typed text.
 * @param {Option} option @param {string} typed @param {Choice[] | null} choices
 * @returns {string | number | boolean}
 * @throws {NotFitting}
 */
export function valueOf(option, typed, choices) {
  const text = typed.trim();
  if (!text) throw new NotFitting(emptiness(option));
  if (choices) return chosen(option, text, choices);
  if (option.type === Kind.INTEGER || option.type === Kind.NUMBER) return number(option, text);
  if (option.max_length && text.length > option.max_length) {
    throw new NotFitting(`“${option.name}” may have at most ${option.max_length} characters; this has ${text.length}.`);
  }
  return text;
}

/** Why an empty option is not sent; Discord also refuses optional ones that were added. @param {Option} option */
export function emptiness({ name, required, type }) {
  if (required) return `“${name}” ${type === Kind.FILE ? "needs a file: choose one" : "is required: give it a value"}.`;
  return `“${name}” is empty: ${type === Kind.FILE ? "choose a file" : "give it a value"}, or remove it.`;
}

/** @param {Option} option @param {string} text @param {Choice[]} choices */
function chosen({ name }, text, choices) {
  const words = text.toLowerCase();
  const choice = choices.find((each) => [each.name, String(each.value)].some((one) => one.toLowerCase() === words));
  if (!choice) throw new NotFitting(`“${text}” is not a choice for “${name}”: pick one from the list.`);
  return choice.value;
}

/** @param {Option} option @param {string} text */
function number({ name, type, min_value: least, max_value: most }, text) {
  const value = Number(text);
  const isWhole = type === Kind.INTEGER;
  if (!(isWhole ? WHOLE : FRACTION).test(text)) {
    throw new NotFitting(`“${name}” must be a ${isWhole ? "whole number" : "number, such as 2.50"}; “${text}” is not one.`);
  }
  if (least !== undefined && value < least) throw new NotFitting(`“${name}” must be at least ${least}.`);
  if (most !== undefined && value > most) throw new NotFitting(`“${name}” may be at most ${most}.`);
  return value;
}

/** Ask for suggestions once typing pauses; only the newest query is answered. */
export class Suggestions {
  /** @type {number | undefined} */ #timer;
  #newest = 0;

  /** @param {(typed: string) => Promise<Choice[]>} ask */
  constructor(ask) {
    this.ask = ask;
  }

  /** @param {string} typed @param {(choices: Choice[]) => void} onAnswer @param {number} [pause] */
  after(typed, onAnswer, pause = PAUSE) {
    this.stop();
    const mine = this.#newest;
    this.#timer = setTimeout(async () => {
      const choices = await this.ask(typed);
      if (mine === this.#newest) onAnswer(choices);
    }, pause);
  }

  /** Discard the query: nobody waits for the answer any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#newest += 1;
  }
}
