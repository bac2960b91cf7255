/** The demo page: a simulated Discord channel in front of the real bot. Everything is assembled here. */

import { BotPanel } from "./botpanel.js";
import { Calls } from "./calls.js";
import { showChannels, showRail } from "./channels.js";
import { Composer } from "./composer.js";
import { acceptFiles } from "./drop.js";
import { openForm } from "./forms.js";
import { markdown, plainText } from "./markdown.js";
import { MessageMenu } from "./menu.js";
import { News } from "./news.js";
import { Notice } from "./notice.js";
import { personInAddress, showPeople } from "./people.js";
import { Presses } from "./presses.js";
import { Socket } from "./socket.js";
import { themeSwitch } from "./theme.js";
import { startClock } from "./time.js";
import { Timeline } from "./timeline.js";
import { TopBar } from "./topbar.js";
import { World } from "./world.js";

/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);

const world = new World();
const calls = new Calls(world);
const teller = {
  user: (/** @type {string} */ id) => world.nameById(id) ?? "somebody",
  role: (/** @type {string} */ id) => world.roles.find((role) => role.id === id)?.name ?? "a role",
  channel: (/** @type {string} */ id) => signOf(world.channels.find((channel) => channel.id === id)),
  openMessage: (/** @type {string} */ channelId, /** @type {string | undefined} */ id) => {
    if (channelId !== world.channelId) world.openChannel(channelId);
    if (id && !timeline.jump(id)) notice.say("That message was deleted.");
  },
  fillCommand: (/** @type {string} */ name) => composer.fill(`/${name} `),
};
const signOf = (/** @type {import("./world.js").Channel | undefined} */ channel) =>
  channel ? `${channel.kind === "dm" ? "" : "#"}${channel.name}` : "#a channel";
const draw = (/** @type {string} */ text) => markdown(text, teller);
const strip = (/** @type {string} */ text) => plainText(text, teller);

const composer = new Composer(
  part("composer"),
  world,
  calls,
  ({ form }) => (form ? showForm(form) : timeline.toEnd()),
  () => notice.say("Kinora doesn't read messages. Type /create to make a video."),
);
const presses = new Presses((message) => timeline.update(message));
const menu = new MessageMenu(world, (message, name) => act(message, `menu ${name}`, () => calls.menu(message, name)));
const stage = {
  world,
  markdown: draw,
  plainText: strip,
  press: (/** @type {any} */ message, /** @type {string} */ customId, /** @type {string[]} */ values) =>
    act(message, customId, () => calls.click(message, customId, values)),
  isPressed: (/** @type {any} */ message, /** @type {string} */ customId) => presses.isOpen(message, customId),
  trouble: (/** @type {any} */ message) => presses.trouble(message),
  jump: (/** @type {string} */ id) => timeline.jump(id),
  openMenu: menu.open.bind(menu),
};
const timeline = new Timeline(part("timeline"), stage, (line) => composer.fill(line));
const topBar = new TopBar(part("top"), part("drawer"), part("scrim"), world);
const botPanel = new BotPanel(part("bot"), world, calls);
const notice = new Notice(part("notice"));
const news = new News(part("announcer"), world, strip);
const socket = new Socket((event) => world.apply(event), showConnection);
const theme = themeSwitch();

/** @param {any} message @param {string} key @param {() => Promise<import("./calls.js").Answer>} call */
async function act(message, key, call) {
  const answer = await presses.during(message, key, call);
  if (answer?.form) showForm(answer.form);
}

/** @param {any} form */
function showForm(form) {
  openForm(form, { world, calls, markdown: draw, focusElsewhere: () => composer.focus() });
}

/** @param {boolean} isOpen */
function showConnection(isOpen) {
  part("connection").hidden = isOpen;
  if (!isOpen) part("connection").textContent = "Lost the connection to the demo. Reconnecting…";
}

function showPlaces() {
  const first = (/** @type {string} */ kind) => world.channels.find((channel) => channel.kind === kind)?.id ?? "";
  const direct = first("dm");
  const open = (/** @type {string} */ id) => {
    world.openChannel(id);
    topBar.close();
  };
  part("guild").textContent = world.guild.name;
  showChannels(part("channels"), world, open);
  showRail(part("rail"), world, {
    toServer: () => open(first("text")),
    toDirect: direct ? () => open(direct) : null,
    toWelcome: () => {
      open(first("text"));
      timeline.toStart();
    },
    theme,
  });
  topBar.show();
  composer.refresh();
  news.count();
}

function showAll() {
  showPlaces();
  showPeople(part("people"), world, become);
  botPanel.show();
  timeline.show();
}

/** @param {string} key */
function become(key) {
  composer.clear(); // a draft does not pass to another person
  socket.open(key);
  topBar.close();
}

/** Letters typed anywhere go to the composer, as in any chat. @param {KeyboardEvent} event */
function isTyping({ key, ctrlKey, metaKey, altKey, target }) {
  if (key.length !== 1 || key === " " || ctrlKey || metaKey || altKey) return false;
  return !(/** @type {Element} */ (target).closest("textarea, select, dialog, [role=menu], input:not([type=radio])"));
}

world.addEventListener("state", showAll);
world.addEventListener("channels", showPlaces);
world.addEventListener("notify", showPlaces);
world.addEventListener("bot", () => botPanel.show());
world.addEventListener("channel", () => {
  showPlaces();
  timeline.show();
});
world.addEventListener("commands", () => {
  timeline.showStart();
  composer.refresh();
});
world.addEventListener("message", (event) => {
  const { message, isNews, answers = [] } = /** @type {CustomEvent} */ (event).detail;
  if (message.channel_id !== world.channelId) showPlaces();
  for (const each of [message, ...answers]) timeline.update(each);
  if (isNews) news.announce(message);
});
world.addEventListener("gone", (event) => {
  const { message_id: id, answers } = /** @type {CustomEvent} */ (event).detail;
  timeline.remove(id);
  for (const each of answers) timeline.update(each);
});

acceptFiles(part("main"), (file) => composer.offer(file));
document.addEventListener("keydown", (event) => isTyping(event) && composer.focus());
startClock();
socket.open(personInAddress());
composer.focus();
