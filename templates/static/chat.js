// The page works without this file: forms post and the page comes back. With it, messages come and go at once, over
// a WebSocket, or over events and posts where sockets are blocked. What a person said is kept, through a reload too,
// until the server acknowledges it, and is sent again until then, one after the other; the server takes each once.
"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const path = document.body.dataset.path;
  const log = find("log"), state = find("state"), say = find("say"), said = find("said"), news = find("news");
  const words = state.dataset;
  const title = document.title;
  const PATIENCE = 30000; // milliseconds an acknowledgement may take: a slow network is no lost one

  let last = Math.max(0, ...Array.from(log.children, (turn) => +turn.dataset.id));
  let waiting = []; // what was said and is not acknowledged: {event, kind, text, turn, label}, oldest first
  let flying = null; // the one of them that is on its way
  let thinking = 0; // what was acknowledged and not answered yet
  let socket = null, source = null, failures = 0, blocked = 0, timer = 0, guard = 0, unseen = 0, tapped = null, awayAt = 0;

  // what waits survives a reload where the browser lets it; where not, memory must do
  const keep = () => { try { sessionStorage.setItem(path, JSON.stringify(waiting)); } catch (_) { /* refused */ } };
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(path)) || []; } catch (_) { return []; } };
  const eventId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  const open = () => (socket && socket.readyState === 1) || (source && source.readyState === 1);

  function tell(text) { if (state.textContent !== text) state.textContent = text; }
  function report() {
    tell(!open() && failures > 1 ? (waiting.length ? words.kept : words.offline)
      : waiting.length ? words.sending : thinking ? words.thinking : "");
  }

  // ---- what is on the screen

  const nearEnd = () => window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 160;
  const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });
  function toNewest() {
    const newest = log.lastElementChild;
    if (!newest) return;
    toEnd(); // then back, if it is longer than the screen: it is read from its first line
    const top = newest.getBoundingClientRect().top - document.querySelector("header").getBoundingClientRect().bottom;
    if (top < 8) newest.scrollIntoView({ block: "start" });
  }

  function bubble(item) {
    const turn = document.createElement("li"), text = document.createElement("p"), who = document.createElement("span");
    turn.className = "turn";
    turn.dataset.event = item.event;
    text.className = "bubble mine waiting";
    who.className = "who";
    who.textContent = "Anh/chị: ";
    text.append(who, item.label);
    turn.append(text);
    log.append(turn);
  }
  const bubbleOf = (event) => Array.from(log.children).find((turn) => turn.dataset.event === event);
  const drop = (turn) => { if (turn) turn.remove(); };
  const spoken = (turn) => { delete turn.dataset.event; turn.firstChild.classList.remove("waiting"); };
  const bringBack = () => { if (!waiting.length) log.querySelectorAll(".gone").forEach((form) => form.classList.remove("gone")); };

  function show(message) {
    if (message.id <= last) return;
    last = message.id;
    const follow = nearEnd() || waiting.length || thinking;
    const held = document.activeElement;
    const hadFocus = held && held !== said && (held === document.body ? tapped : log.contains(held));
    const mark = log.querySelector("[data-event]");
    (mark || log).insertAdjacentHTML(mark ? "beforebegin" : "beforeend", message.html);
    const turn = find("m" + message.id);
    const answers = turn.dataset.question || turn.dataset.outcome;
    if (mark && turn.querySelector(".mine")) mark.remove(); // her own words are in the message
    else if (mark && answers) { turn.before(mark); spoken(mark); } // they are not: hers stay as they are
    if (answers) log.querySelectorAll(".options").forEach((form) => { if (!turn.contains(form)) form.remove(); });
    else bringBack(); // a notice takes no question away
    if (answers || turn.querySelector(".mine")) thinking = Math.max(0, thinking - 1);
    if (turn.dataset.asks) said.setAttribute("inputmode", turn.dataset.asks);
    else if (answers) said.removeAttribute("inputmode");
    report();
    if (follow) toNewest(); else news.hidden = false;
    if (hadFocus && answers) { tapped = null; turn.focus({ preventScroll: true }); } // tab goes on from here
    if (document.hidden) { unseen += 1; document.title = `(${unseen}) ${title}`; }
  }

  // ---- what goes out

  function speak(kind, text, turn, label) {
    const item = { event: eventId(), kind, text: text.slice(0, 2000), turn, label: label.slice(0, 1000) };
    waiting.push(item);
    keep();
    log.querySelectorAll(".options").forEach((form) => form.classList.add("gone"));
    bubble(item);
    toEnd();
    setTimeout(report, 300);
    pump();
  }

  function pump() {
    if (flying || !waiting.length) return;
    const { event, kind, text, turn } = waiting[0];
    const body = JSON.stringify({ event, kind, text, turn });
    if (socket && socket.readyState === 1) { fly(event); socket.send(body); }
    else if (!socket && source) { fly(event); post(body); }
    else connect();
  }
  function fly(event) {
    flying = event;
    clearTimeout(guard);
    guard = setTimeout(() => { flying = null; if (socket) socket.close(); else pump(); }, PATIENCE);
  }
  async function post(body) {
    try {
      const answer = await fetch(path + "/send", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      take(await answer.json());
    } catch (_) { flying = null; failures += 1; report(); setTimeout(pump, 3000); }
  }

  function take(data) {
    if (data.message) show(data.message);
    if (data.ack) settle(data.ack, true);
    if (data.error) {
      if (data.wait) { flying = null; tell(words.busy); setTimeout(pump, data.wait * 1000); }
      else { settle(data.event || flying, false); tell(words.refused); }
    }
  }

  function settle(event, taken) {
    if (flying === event) { flying = null; clearTimeout(guard); }
    if (!waiting.some((item) => item.event === event)) return;
    waiting = waiting.filter((item) => item.event !== event);
    keep();
    if (taken && bubbleOf(event)) {
      thinking += 1;
      setTimeout(() => unanswered(event), 6000);
    } else if (!taken) { drop(bubbleOf(event)); bringBack(); }
    report();
    pump();
  }

  // an answer shows her words itself; the second of a double tap gets none
  function unanswered(event) {
    if (!bubbleOf(event)) return;
    drop(bubbleOf(event));
    thinking = Math.max(0, thinking - 1);
    bringBack();
    report();
  }

  // ---- the line

  function up() { failures = 0; flying = null; report(); pump(); }
  function down() {
    flying = null;
    failures += 1;
    report();
    clearTimeout(timer);
    timer = setTimeout(connect, Math.min(30000, 250 * 2 ** failures) * (0.5 + Math.random() / 2));
  }

  function connect() {
    clearTimeout(timer);
    if (socket || source) return;
    if (blocked >= 3 || !window.WebSocket) { listen(); return; }
    let opened = false;
    try { socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}/ws?after=${last}`); } catch (_) { blocked = 3; listen(); return; }
    socket.onopen = () => { opened = true; blocked = 0; up(); };
    socket.onmessage = (event) => take(JSON.parse(event.data));
    socket.onclose = () => { socket = null; if (!opened) blocked += 1; down(); };
  }

  function listen() {
    source = new EventSource(`${path}/events?after=${last}`);
    source.onopen = up;
    source.onmessage = (event) => take(JSON.parse(event.data));
    source.onerror = () => { source.close(); source = null; blocked = 2; down(); }; // a socket gets one more chance
  }

  function hurry() { if (!open()) { failures = 0; connect(); } }

  // ---- the person

  document.addEventListener("click", (event) => { tapped = event.target.closest ? event.target.closest(".options button") : null; }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form === say) {
      event.preventDefault();
      const text = said.value.trim();
      said.value = "";
      tapped = null;
      if (text) speak("text", text, null, text);
      said.focus();
      return;
    }
    const button = event.submitter || tapped;
    if (!form.classList.contains("options") || !button) return; // the form goes as forms go
    event.preventDefault();
    tapped = button;
    speak("choice", button.value, +form.elements.turn.value, button.lastChild.textContent);
  });
  said.addEventListener("paste", (event) => {
    if (event.clipboardData && event.clipboardData.files.length) { event.preventDefault(); speak("media", "", null, "📷"); }
  });
  news.addEventListener("click", toNewest);
  window.addEventListener("scroll", () => { if (nearEnd()) news.hidden = true; }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { awayAt = Date.now(); return; }
    unseen = 0;
    document.title = title;
    if (socket && Date.now() - awayAt > 60000) socket.close(); // it may have died while the phone slept
    hurry();
  });
  window.addEventListener("online", hurry);
  window.addEventListener("pageshow", hurry);

  waiting = kept();
  waiting.forEach(bubble);
  if (waiting.length) log.querySelectorAll(".options").forEach((form) => form.classList.add("gone"));
  if (location.search) history.replaceState(null, "", path);
  tell("");
  if (log.children.length > 1) toNewest();
  connect();
})();
