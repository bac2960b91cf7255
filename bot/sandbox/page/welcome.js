/** The start of a channel: a welcome for newcomers to Kinora, with things to try. */

import { slashCommands } from "./commands.js";
import { el, pushButton } from "./dom.js";
import { icon } from "./icons.js";

const EXAMPLES = [
  { line: "/create prompt: a fox in the snow", why: "One sentence makes a short video" },
  { line: "/create prompt: a paper boat sails down a rainy street, seen from above", why: "Add a place, light or a camera angle" },
  { line: "/status", why: "Your videos and the queue" },
  { line: "/costs", why: "What was spent (play money here)" },
  { line: "/models", why: "Models and their prices" },
];

/**
 * @param {import("./world.js").Channel} channel
 * @param {import("./world.js").World} world
 * @param {(line: string) => void} fillCommand
 */
export function startOf(channel, world, fillCommand) {
  if (channel.kind !== "text") return shortStart(channel);
  const known = new Set(slashCommands(world.commands).map((command) => command.name));
  const examples = EXAMPLES.filter(({ line }) => known.has(line.slice(1).split(" ")[0]));
  return el(
    "section",
    { class: "welcome", "aria-label": "Welcome" },
    el("img", { src: "/page/kinora.svg", alt: "", width: 64, height: 64 }),
    el("h2", {}, "Welcome to ", el("bdi", {}, `#${channel.name}`)),
    el(
      "p",
      {},
      "Kinora turns words into video. This is a simulated chat where you can try it before you set anything up: ",
      "type a command below, or start with one of these.",
    ),
    el("ul", { class: "examples" }, examples.map((example) => el("li", {}, exampleButton(example, fillCommand)))),
    examples.length === 0 && el("p", {}, "The bot is still starting; its commands will appear here in a moment."),
    el(
      "p",
      { class: "simulated" },
      icon("laptop"),
      "Everything here is simulated and runs on this machine: the server, the people, the money and the videos. ",
      "Only the bot is real.",
    ),
  );
}

/** @param {{line: string, why: string}} example @param {(line: string) => void} fillCommand */
function exampleButton({ line, why }, fillCommand) {
  const [name, ...rest] = line.split(" ");
  return pushButton(
    { class: "example", onclick: () => fillCommand(`${line} `) },
    el("span", { class: "example-line" }, el("b", {}, name), " ", rest.join(" ")),
    el("small", {}, why),
  );
}

/** @param {import("./world.js").Channel} channel */
function shortStart({ kind, name }) {
  const words =
    kind === "dm"
      ? "Private messages from the bot land here. Nobody else on the server sees them."
      : "A thread belongs to one topic; commands work here as they do in its channel.";
  return el(
    "section",
    { class: "welcome short" },
    el("span", { class: "start-icon" }, icon(kind === "dm" ? "letter" : "thread")),
    el("h2", {}, el("bdi", {}, name)),
    el("p", {}, words),
  );
}
