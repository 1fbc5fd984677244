// Requests and sessions as they come: asked for once a second while somebody looks, and only while they follow.
"use strict";
const rows = document.getElementById("live");
const opened = document.getElementById("opened");
const state = document.getElementById("state");
const MOST = 200;

const follow = document.createElement("input");
follow.type = "checkbox";
follow.checked = true;
const label = document.createElement("label");
label.append(follow, " Follow: new requests appear as they come.");
document.getElementById("how").prepend(label, " ");
document.getElementById("loaded").remove();

function say(text, good) {
  if (state.textContent === text) return;
  state.textContent = text;
  state.className = good ? "badge good" : "badge bad";
}

async function look() {
  if (document.hidden || !follow.checked) return;
  const answer = await fetch(`/__wraith/page/live?after=${rows.dataset.last}`);
  if (!answer.ok) throw new Error(answer.statusText);
  const came = await answer.json();
  rows.insertAdjacentHTML("afterbegin", came.requests);
  while (rows.children.length > MOST) rows.lastElementChild.remove();
  rows.dataset.last = came.last;
  if (opened.dataset.digest !== came.digest && !opened.contains(document.activeElement)) {
    opened.innerHTML = came.sessions;
    opened.dataset.digest = came.digest;
  }
}

async function go() {
  try {
    await look();
    say("SERVING", true);
  } catch {
    say("STOPPED", false);
  }
  setTimeout(go, 1000);
}

go();
