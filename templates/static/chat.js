// The page works without this file: forms post and the page comes back. With it, messages come and go at once,
// over a WebSocket, or over events and posts where sockets are blocked. What was not acknowledged is sent again;
// the server takes each event once.
"use strict";
(() => {
  const path = document.body.dataset.path;
  const log = document.getElementById("log");
  const state = document.getElementById("state");
  const say = document.getElementById("say");
  const said = document.getElementById("said");
  const waiting = new Map(); // event id → what was said, until acknowledged
  const title = document.title;
  let last = Math.max(0, ...[...log.children].map((turn) => +turn.dataset.id));
  let socket = null, events = null, failures = 0, unseen = 0;

  const eventId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const tell = (text) => { if (state.textContent !== text) state.textContent = text; };
  const toEnd = () => window.scrollTo({ top: document.body.scrollHeight });
  // a message longer than the screen is read from its first line
  const toNewest = () => {
    const newest = log.lastElementChild;
    if (newest && newest.offsetHeight > window.innerHeight * 0.6) newest.scrollIntoView({ block: "start" });
    else toEnd();
  };

  function show(message) {
    if (message.id <= last) return;
    last = message.id;
    log.querySelectorAll(".options").forEach((options) => options.remove());
    log.querySelectorAll(".waiting").forEach((bubble) => bubble.closest(".turn").remove());
    log.insertAdjacentHTML("beforeend", message.html);
    tell("");
    toNewest();
    if (document.hidden) { unseen += 1; document.title = `(${unseen}) ${title}`; }
  }

  function acknowledge(id) {
    waiting.delete(id);
    if (!waiting.size) setTimeout(() => { if (!waiting.size) { tell(""); log.querySelectorAll(".waiting").forEach((b) => b.closest(".turn").remove()); } }, 2500);
  }

  function take(data) {
    if (data.message) show(data.message);
    if (data.ack) acknowledge(data.ack);
    if (data.error) { waiting.delete(data.event); tell(data.error); }
  }

  function send(kind, text, turn, label) {
    const item = { event: eventId(), kind, text, turn };
    waiting.set(item.event, item);
    log.querySelectorAll(".options").forEach((options) => options.classList.add("gone"));
    const turnElement = document.createElement("li");
    turnElement.className = "turn";
    const bubble = document.createElement("p");
    bubble.className = "bubble mine waiting";
    bubble.textContent = label;
    turnElement.append(bubble);
    log.append(turnElement);
    toEnd();
    tell("Đang gửi…");
    deliver(item);
  }

  async function deliver(item) {
    if (socket && socket.readyState === WebSocket.OPEN) { socket.send(JSON.stringify(item)); return; }
    if (socket) return; // it is opening: what waits goes out when it is open
    try {
      const answer = await fetch(`${path}/send`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(item) });
      take(await answer.json());
    } catch { tell("Mất mạng. Tin sẽ tự gửi lại, không cần bấm lại."); }
  }

  const again = () => waiting.forEach(deliver);

  function connect() {
    if (failures >= 3) { listen(); return; }
    socket = new WebSocket(`${location.origin.replace("http", "ws")}${path}/ws?after=${last}`);
    let opened = false;
    socket.onopen = () => { opened = true; failures = 0; if (!waiting.size) tell(""); again(); };
    socket.onmessage = (event) => take(JSON.parse(event.data));
    socket.onclose = () => {
      socket = null;
      if (!opened) failures += 1;
      tell("Mất mạng, đang nối lại…");
      setTimeout(connect, Math.min(15000, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
    };
  }

  function listen() {
    if (events) return;
    events = new EventSource(`${path}/events?after=${last}`);
    events.onopen = () => { if (!waiting.size) tell(""); again(); };
    events.onmessage = (event) => take(JSON.parse(event.data));
    events.onerror = () => { tell("Mất mạng, đang nối lại…"); if (events.readyState === EventSource.CLOSED) { events = null; setTimeout(listen, 3000); } };
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    event.preventDefault();
    if (form === say) {
      const text = said.value.trim();
      if (text) send("text", text, null, text);
      said.value = "";
      said.focus();
    } else if (form.classList.contains("options") && event.submitter) {
      send("choice", event.submitter.value, +form.elements.turn.value, event.submitter.lastChild.textContent);
    }
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { unseen = 0; document.title = title; } });
  window.addEventListener("online", () => { if (!socket && !events) connect(); again(); });
  setInterval(again, 10000);
  if (log.children.length > 1) toNewest();
  connect();
})();
