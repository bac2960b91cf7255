/** Sends a person's actions to the server. Every answer is a value; nothing here throws. */

import { parse } from "./json.js";
import { languageInAddress } from "./language.js";

/** @typedef {{ok: boolean, error?: string, form?: object, message_id?: string, missing?: boolean}} Answer */

export class Calls {
  /** @param {import("./world.js").World} world says who is acting, and where */
  constructor(world) {
    this.world = world;
  }

  /** @param {string} name @param {object} options @param {Map<string, File[]>} files */
  command(name, options, files) {
    return this.#send("commands", { name, options }, files);
  }

  /** Plain text, with files. @param {string} content @param {File[]} files */
  words(content, files) {
    return this.#send("messages", { content }, new Map([["file", files]]));
  }

  /** @param {string} name @param {object} options @param {string} focused */
  async suggestions(name, options, focused) {
    const answer = await this.#send("suggestions", { name, options, focused });
    return answer.choices ?? [];
  }

  /** @param {import("./world.js").Message} message @param {string} customId @param {string[]} [values] */
  click(message, customId, values) {
    const where = { channel_id: message.channel_id, message_id: message.id };
    return this.#send("clicks", { ...where, custom_id: customId, values });
  }

  /** @param {import("./world.js").Message} message @param {string} name */
  menu(message, name) {
    return this.#send("menus", { channel_id: message.channel_id, message_id: message.id, name });
  }

  /** @param {string} formId @param {object} fields @param {Map<string, File[]>} files */
  form(formId, fields, files) {
    return this.#send("forms", { form_id: formId, fields }, files);
  }

  /** @param {"restart" | "stop" | "start"} action */
  bot(action) {
    return this.#send("bot", { action });
  }

  /**
   * @param {string} path @param {object} what @param {Map<string, File[]>} [files]
   * @returns {Promise<any>} an Answer, or `{choices}` for suggestions
   */
  async #send(path, what, files = new Map()) {
    const payload = JSON.stringify({ as: this.world.me?.key, channel_id: this.world.channelId, locale: languageInAddress(), ...what });
    try {
      const response = await fetch(`/console/${path}`, { method: "POST", ...body(payload, files) });
      if (response.ok) return parse(await response.text());
      return { ok: false, missing: response.status === 404, error: "The demo couldn't do that. Its log says why." };
    } catch {
      return { ok: false, error: "The demo didn't answer. Is it still running?" };
    }
  }
}

/** @param {string} payload @param {Map<string, File[]>} files */
function body(payload, files) {
  const hasFiles = [...files.values()].some((list) => list.length > 0);
  if (!hasFiles) return { body: payload, headers: { "Content-Type": "application/json" } };
  const parts = new FormData();
  parts.set("payload", payload);
  for (const [name, list] of files) for (const file of list) parts.append(name, file, file.name);
  return { body: parts };
}
