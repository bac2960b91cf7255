/** What this page knows about the simulated Discord, kept up to date by the server's events. */

/**
 * @typedef {{id: string, username: string, global_name?: string, bot?: boolean}} Author
 * @typedef {{id: string, key: string, name: string, avatar_color?: string, role_names?: string[]}} Me
 * @typedef {{id?: string, key: string, name: string, note?: string, avatar_color?: string}} Person
 * @typedef {{id: string, name: string, topic?: string, kind: "text" | "thread" | "dm", can_write: boolean}} Channel
 * @typedef {{id: string, channel_id: string, author: Author, content: string, timestamp: string,
 *   edited_timestamp?: string, components?: object[], attachments?: object[], ephemeral?: boolean,
 *   thinking?: boolean, for_me?: boolean, interaction?: {user: Author, name: string},
 *   flags?: number, mentions?: Author[], message_reference?: {message_id?: string},
 *   referenced_message?: Message | null}} Message
 */

/** The name people see. @param {Author} user */
export const nameOf = (user) => user.global_name ?? user.username;

export class World extends EventTarget {
  /** @type {Me | null} */ me = null;
  /** @type {Person[]} */ people = [];
  /** @type {Channel[]} */ channels = [];
  /** @type {object[]} */ commands = [];
  /** @type {string[]} the names of commands that Discord hides from this person */ withheld = [];
  /** @type {{id: string, name: string}[]} */ roles = [];
  guild = { name: "Kinora", icon_text: "K" };
  bot = { online: false, name: "Kinora" };
  /** @type {string | null} the channel in front */ channelId = null;
  /** @type {Map<string, number>} mentions not seen yet, by channel */ unseen = new Map();
  /** @type {Set<string>} channels with news */ fresh = new Set();
  /** @type {Map<string, Map<string, Message>>} */ #messages = new Map();
  /** @type {Set<string>} private messages put away by the reader */ #dismissed = new Set();

  /** Process one event of the server and notify listeners for its type. @param {any} event */
  apply(event) {
    const take = TAKING[event.type];
    if (!take) return;
    this.#tell(event.type, { ...event, ...take.call(this, event) });
  }

  /** @param {string} id */
  openChannel(id) {
    if (!this.channels.some((channel) => channel.id === id)) return;
    this.channelId = id;
    this.unseen.delete(id);
    this.fresh.delete(id);
    this.#tell("channel", {});
  }

  /** Dismiss a private message: only this page forgets it. @param {Message} message */
  dismiss(message) {
    this.#dismissed.add(message.id);
    this.apply({ type: "gone", channel_id: message.channel_id, message_id: message.id });
  }

  get channel() {
    return this.channels.find((channel) => channel.id === this.channelId) ?? null;
  }

  /** @returns {Message[]} oldest first */
  messagesIn(/** @type {string | null} */ channelId) {
    return [...(this.#messages.get(channelId ?? "")?.values() ?? [])];
  }

  /** The name for a user id, if it was ever seen. @param {string} id */
  nameById(id) {
    if (this.me?.id === id) return this.me.name;
    const person = this.people.find((each) => each.id === id);
    if (person) return person.name;
    for (const messages of this.#messages.values()) {
      for (const { author, interaction, mentions = [] } of messages.values()) {
        const user = [author, interaction?.user, ...mentions].find((each) => each?.id === id);
        if (user) return nameOf(user);
      }
    }
    return null;
  }

  /** The colour of somebody's avatar. @param {Author} user */
  colorOf(user) {
    if (this.me?.id === user.id) return this.me.avatar_color;
    return this.people.find((each) => each.id === user.id || each.key === user.username)?.avatar_color;
  }

  takeState(/** @type {any} */ state) {
    const { me, people, guild, channels, commands, withheld, bot, roles = [], messages } = state;
    Object.assign(this, { me, people, guild, channels, commands, withheld, bot, roles });
    this.#messages = new Map(
      Object.entries(messages).map(([id, list]) => [id, new Map(this.#kept(list).map((each) => [each.id, each]))]),
    );
    if (!this.channel) this.channelId = channels[0]?.id ?? null;
  }

  takeMessage(/** @type {{message: Message}} */ { message }) {
    if (this.#dismissed.has(message.id)) return {};
    const messages = this.#messages.get(message.channel_id) ?? new Map();
    const old = messages.get(message.id);
    if (!old && message.channel_id !== this.channelId) this.fresh.add(message.channel_id);
    messages.set(message.id, message);
    this.#messages.set(message.channel_id, messages);
    return { isNews: !old || old.thinking === true, answers: this.#tellAnswers(message, message) };
  }

  takeGone(/** @type {{channel_id: string, message_id: string}} */ { channel_id, message_id }) {
    this.#messages.get(channel_id)?.delete(message_id);
    return { answers: this.#tellAnswers({ id: message_id, channel_id }, null) };
  }

  /**
   * Replies show the current version of the message they reply to.
   * @param {{id: string, channel_id: string}} place @param {Message | null} answered null once it is gone
   * @returns {Message[]} the answers
   */
  #tellAnswers({ id, channel_id: channelId }, answered) {
    const answers = this.messagesIn(channelId).filter((each) => each.message_reference?.message_id === id);
    for (const answer of answers) answer.referenced_message = answered;
    return answers;
  }

  takeChannels(/** @type {{channels: Channel[]}} */ { channels }) {
    this.channels = channels;
    if (!this.channel) this.openChannel(channels[0]?.id);
  }

  takeNotice(/** @type {{channel_id: string}} */ { channel_id }) {
    if (channel_id === this.channelId && !document.hidden) return;
    this.unseen.set(channel_id, (this.unseen.get(channel_id) ?? 0) + 1);
  }

  #kept(/** @type {Message[]} */ messages) {
    return messages.filter((message) => !this.#dismissed.has(message.id));
  }

  #tell(/** @type {string} */ kind, /** @type {object} */ detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/**
 * How each type of event is processed; the result is passed to the listeners too.
 * @type {Record<string, (this: World, event: any) => object | void>}
 */
const TAKING = {
  state: World.prototype.takeState,
  message: World.prototype.takeMessage,
  gone: World.prototype.takeGone,
  channels: World.prototype.takeChannels,
  notify: World.prototype.takeNotice,
  commands({ commands, withheld }) {
    Object.assign(this, { commands, withheld });
  },
  bot({ online }) {
    this.bot = { ...this.bot, online };
  },
};
