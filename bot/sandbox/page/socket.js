/** The connection to the server: it reconnects automatically, waiting a little longer after each failure. */

import { parse } from "./json.js";

const SHORTEST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 8000;

export class Socket {
  /** @type {WebSocket | null} */ #socket = null;
  #person = "";
  #wait = SHORTEST_WAIT;
  /** @type {number | undefined} */ #timer;

  /**
   * @param {(event: object) => void} onEvent
   * @param {(isOpen: boolean) => void} onChange
   */
  constructor(onEvent, onChange) {
    this.onEvent = onEvent;
    this.onChange = onChange;
    window.addEventListener("online", () => !this.isOpen && this.open(this.#person));
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connect as this person; an earlier connection is closed. @param {string} person */
  open(person) {
    clearTimeout(this.#timer);
    this.#person = person;
    const earlier = this.#socket;
    const socket = (this.#socket = new WebSocket(address(person)));
    earlier?.close();
    socket.onmessage = ({ data }) => this.#socket === socket && this.#hear(data);
    socket.onclose = () => this.#socket === socket && this.#comeBack();
  }

  /** @param {string} data */
  #hear(data) {
    const event = parse(data);
    if (event.type === "state") {
      this.#wait = SHORTEST_WAIT;
      this.onChange(true);
    }
    this.onEvent(event);
  }

  #comeBack() {
    this.onChange(false);
    this.#timer = setTimeout(() => this.open(this.#person), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}

/** @param {string} person */
function address(person) {
  const url = new URL("/console/ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("as", person);
  return url;
}
