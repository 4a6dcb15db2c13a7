// The page follows /sandbox/live. Whatever comes from there is text from outside: it is inserted as text and nothing else.
"use strict";

const drawn = 200; // rows of a race that are drawn; the others are counted
const kept = 200;  // uploads that are kept
const units = new Map(); // by name: {section, rows: Map of bib → row, order, dirty}
const byID = (id) => document.getElementById(id);
const collator = (a, b) => a.rank - b.rank || a.time - b.time || a.came - b.came;
let found = "";
let stage = { faults: [], now: "", came: 0 }; // what a rehearsal does beside the results
let scheduled = false;

function schedule() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(draw);
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function unitOf(name) {
  let unit = units.get(name);
  if (unit) return unit;
  let section = [...document.querySelectorAll("section")].find((s) => s.dataset.unit === name);
  if (!section) {
    section = byID("results").querySelector("section").cloneNode(true);
    section.dataset.unit = name;
    section.querySelector("h2").firstChild.data = name + " ";
    byID("results").append(section);
  }
  unit = { section, rows: new Map(), order: [], dirty: true };
  section.querySelector("tbody").replaceChildren();
  units.set(name, unit);
  return unit;
}

// forget empties the page: another run of the server is going to say all that there is.
function forget() {
  byID("put-list").replaceChildren();
  set(byID("put-count"), "");
  for (const unit of units.values()) {
    unit.rows.clear();
    unit.dirty = true;
  }
}

function take(event) {
  const news = JSON.parse(event.data);
  const now = Date.now();
  if (news.fresh) forget();
  for (const change of news.units || []) {
    const unit = unitOf(change.unit);
    if (change.reset) unit.rows.clear();
    unit.section.querySelector(".name").textContent = change.name;
    unit.section.querySelector(".note").textContent = change.note;
    for (const row of change.rows || []) {
      const before = unit.rows.get(row.bib);
      row.fresh = !change.reset && row.changed && (!before || before.shown !== row.shown) ? now : 0;
      unit.rows.set(row.bib, row);
    }
    unit.dirty = true;
  }
  for (const put of news.puts || []) addPut(put);
  if (news.stage) {
    stage = news.stage;
    stage.came = performance.now();
    drawStage();
    drawVerdict();
  }
  schedule();
}

// drawStage says which faults are on; those that go by time end here by the clock, without an event.
function drawStage() {
  const gone = performance.now() - stage.came;
  const words = stage.now ? [stage.now] : [];
  for (const fault of stage.faults) {
    if (fault.count) words.push(fault.name + ": the next " + (fault.count === 1 ? "one" : fault.count));
    else if (fault.left > gone) words.push(fault.name + ": " + Math.ceil((fault.left - gone) / 1000) + " s to go");
  }
  set(byID("stage"), words.join(" · "));
  byID("stage").hidden = words.length === 0;
}

function drawVerdict() {
  const box = byID("verdict");
  box.hidden = !stage.verdict;
  if (!stage.verdict) return;
  box.className = stage.verdict.clean ? "clean" : "wrong";
  box.replaceChildren(...stage.verdict.lines.map((line, i) => element(i === 0 ? "strong" : "p", "", line)));
}

function draw() {
  scheduled = false;
  for (const unit of units.values()) {
    if (!unit.dirty) continue;
    unit.dirty = false;
    unit.order = [...unit.rows.values()].sort(collator);
    drawUnit(unit);
  }
  document.body.dataset.drawn = String(performance.now()); // for tests: when something was drawn last
}

function drawUnit(unit) {
  const body = unit.section.querySelector("tbody");
  const rows = unit.order.slice(0, drawn);
  const at = found === "" ? -1 : unit.order.findIndex((row) => row.bib === found);
  if (at >= drawn) rows.push(unit.order[at]);
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach((row, i) => drawRow(body.rows[i] || newRow(body), row, i < drawn ? i : at, unit.order[0]));
  const results = unit.order.filter((row) => row.rank < 2).length;
  let text = results + (results === 1 ? " result" : " results");
  if (results !== unit.order.length) text += " of " + unit.order.length + " starters";
  if (unit.order.length > drawn) text += ", the first " + drawn + " are drawn: type a bib to find another";
  set(unit.section.querySelector(".count"), text);
}

function newRow(body) {
  const line = body.insertRow();
  line.insertCell();
  const bib = line.insertCell();
  bib.append(document.createElement("bdi"), element("i", "", ""));
  line.insertCell();
  line.insertCell().className = "wide";
  line.insertCell().className = "wide";
  return line;
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function drawRow(line, row, index, first) {
  const cells = line.cells;
  set(cells[0], row.rank === 0 ? String(index + 1) : "");
  set(cells[1].firstChild, row.bib);
  set(cells[1].lastChild, row.unknown ? " unknown athlete" : "");
  set(cells[2], row.shown);
  set(cells[3], row.rank === 0 && index > 0 && row.seconds > first.seconds ? "+" + clock(row.seconds - first.seconds, (row.shown + first.shown).includes(".")) : "");
  set(cells[4], row.changed ? new Date(row.changed).toLocaleTimeString() : "");
  line.className = (Date.now() - row.fresh < 4000 ? "new" : "") + (row.bib === found ? " found" : "");
}

function clock(seconds, fine) {
  const hundredths = Math.round(seconds * 100);
  const whole = Math.floor(hundredths / 100);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = parts[0] > 0 ? parts[0] + ":" + String(parts[1]).padStart(2, "0") : String(parts[1]);
  const rest = hundredths % 100;
  return text + ":" + String(parts[2]).padStart(2, "0") + (fine ? "." + String(rest).padStart(2, "0") : "");
}

function addPut(put) {
  const item = element("li");
  item.value = put.number;
  const details = element("details");
  const status = put.status === 0 ? "no answer" : "HTTP " + put.status;
  details.append(
    element("summary", "", new Date(put.time).toLocaleTimeString() + "  " + status + "  " + put.bytes + " bytes" + (put.compressed ? ", compressed" : "")),
    element("pre", "", put.sent),
    element("pre", "", put.answer || "(no body)"),
  );
  item.append(details);
  const list = byID("put-list");
  list.prepend(item);
  while (list.children.length > kept) list.lastChild.remove();
  set(byID("put-count"), put.number + (put.number === 1 ? " upload" : " uploads") + (put.number > kept ? ", the latest " + kept + " are shown" : ""));
}

function show(results) {
  byID("results").hidden = !results;
  byID("puts").hidden = results;
  byID("show-results").setAttribute("aria-pressed", String(results));
  byID("show-puts").setAttribute("aria-pressed", String(!results));
}

function follow() {
  const source = new EventSource("/sandbox/live");
  const say = (text, lost) => {
    set(byID("connection"), text);
    byID("connection").classList.toggle("lost", lost);
  };
  source.onopen = () => say("Live.", false);
  source.onmessage = take;
  source.onerror = () => {
    if (stage.verdict) {
      source.close();
      say("The rehearsal is over. This page stays as it is.", false);
      return;
    }
    say("The connection is lost; trying again. What is shown may be old.", true);
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 1000);
  };
}

document.querySelector("nav").hidden = false;
byID("show-results").onclick = () => show(true);
byID("show-puts").onclick = () => show(false);
byID("find").oninput = (event) => {
  found = event.target.value.trim();
  for (const unit of units.values()) unit.dirty = true;
  schedule();
};
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target.tagName !== "INPUT") {
    event.preventDefault();
    byID("find").focus();
  }
});
setInterval(drawStage, 500);
follow();
