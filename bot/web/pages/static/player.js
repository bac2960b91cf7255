// A page with one video: activates its player, and the button that copies its prompt.

import { takeIntoUse } from "./controls.js";
import { playPosters } from "./posters.js";
import { keepOpen } from "./visit.js";

const SHOWN = 2000; // milliseconds for which a button shows that it is done

keepOpen();
playPosters(document.querySelector("main"));
document.querySelectorAll(".player").forEach((player) => (fitToPicture(player), takeIntoUse(player)));
document.querySelectorAll("[data-copies]").forEach(offerCopy);

// As wide as the picture can be on this screen, without bars beside it.
function fitToPicture(player) {
  const { width, height } = player.querySelector("video");
  player.style.setProperty("--shape", width / height);
}

function offerCopy(button) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copy(document.getElementById(button.dataset.copies));
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), SHOWN);
  });
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
  } catch {
    // Browsers offer the clipboard only to https pages; this is the older way.
    getSelection().selectAllChildren(element);
    document.execCommand("copy");
    getSelection().removeAllRanges();
  }
}
