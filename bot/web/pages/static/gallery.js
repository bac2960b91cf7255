// The grid: posters that play, and more of them on scrolling. Without scripts, links and forms do the same.

import { playPosters } from "./posters.js";
import { close, keepOpen } from "./visit.js";

const AHEAD = "800px 0px"; // how far below the window it starts to load

keepOpen();
playPosters(document.querySelector(".gallery"));
const older = document.querySelector(".older");
if (older) loadWhileScrolling(older);

function loadWhileScrolling(link) {
  const seen = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && load(), {
    rootMargin: AHEAD,
  });
  let loading = false;

  async function load() {
    if (loading) return null;
    loading = true;
    seen.unobserve(link);
    try {
      return await append(link);
    } catch {
      return null; // the link can still be clicked
    } finally {
      loading = false;
    }
  }

  async function append() {
    const answer = await fetch(link.href);
    if (answer.status === 403) close();
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const tiles = [...page.querySelectorAll(".tiles > li")];
    document.querySelector(".tiles").append(...tiles);
    say();
    const next = page.querySelector(".older");
    if (next) link.setAttribute("href", next.getAttribute("href"));
    else link.remove();
    if (next) seen.observe(link);
    return tiles[0];
  }

  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const first = await load();
    first?.querySelector("a").focus();
  });
  seen.observe(link);
}

function say() {
  const news = document.querySelector("[data-loaded]");
  news.textContent = "";
  requestAnimationFrame(() => (news.textContent = news.dataset.loaded));
}
