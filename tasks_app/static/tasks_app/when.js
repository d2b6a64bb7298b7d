// The section "When" of a task's form: only the fields of the chosen kind, a line to paste a
// crontab into, presets, and what the schedule would do, told by the server while one types.
addEventListener("DOMContentLoaded", () => {
  const PAUSE = 300;
  const COUNT = 10;
  const CRONTAB = ["minute", "hour", "day_of_month", "month_of_year", "day_of_week"].map(
    (part) => `crontab_${part}`,
  );
  const INTERVAL = ["days", "hours", "minutes", "seconds"].map((unit) => `interval_${unit}`);
  const SOLAR = ["solar_event", "solar_latitude", "solar_longitude"];
  const BOUNDS = ["start_time", "end_time"];
  const OF_KIND = {
    once: ["scheduled_time"],
    crontab: ["timezone", ...CRONTAB, "cron_semantics"],
    interval: INTERVAL,
    solar: SOLAR,
  };
  const PRESETS = {
    "Every 5 minutes": "*/5 * * * *",
    Hourly: "0 * * * *",
    Daily: "0 9 * * *",
    Weekdays: "0 9 * * mon-fri",
    Weekly: "0 9 * * mon",
    Monthly: "0 9 1 * *",
  };

  const section = document.querySelector("fieldset.when");
  const kind = section?.querySelector('select[name="when"]');
  if (!kind) return;
  const field = (name) => section.querySelector(`[name="${name}"]`);
  const lineOf = (name) => section.querySelector(`.field-${name}`);

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const showKind = () => {
    const chosen = [...(OF_KIND[kind.value] ?? [])];
    const kinds = new Set(Object.values(OF_KIND).flat());
    for (const line of section.querySelectorAll(".field-line")) {
      const name = [...line.classList].find((each) => each.startsWith("field-") && each !== "field-line");
      const own = name?.slice("field-".length);
      const fits = kinds.has(own) ? chosen.includes(own) : kind.value !== "never";
      // What is refused is never hidden.
      line.hidden = own !== "when" && !fits && !line.classList.contains("errors");
    }
    for (const row of section.querySelectorAll(".form-row")) {
      row.hidden = [...row.querySelectorAll(".field-line")].every((line) => line.hidden);
    }
    line.closest(".b-crontab").hidden = kind.value !== "crontab";
    preview.hidden = kind.value === "never";
  };

  const line = make("input", { id: "when-line", type: "text", spellcheck: "false", autocomplete: "off" });
  line.className = field("crontab_minute").className;
  const fillLine = () => {
    line.value = CRONTAB.map((name) => field(name).value.trim() || "*").join(" ");
  };
  const readLine = () => {
    const parts = line.value.trim().split(/\s+/);
    if (parts.length !== CRONTAB.length) return;
    CRONTAB.forEach((name, index) => (field(name).value = parts[index]));
  };
  const presets = Object.entries(PRESETS).map(([name, text]) => {
    const button = make("button", { type: "button", class: "b-button" }, name);
    button.addEventListener("click", () => {
      line.value = text;
      readLine();
      ask();
    });
    return button;
  });
  // Only the sentence is read out when it changes, not each of the fires.
  const sentence = make("p", { class: "b-sentence", role: "status" });
  const details = make("div");
  const preview = make("div", { class: "b-preview" }, sentence, details);

  const numbers = (names, values) => {
    for (const name of names) values[name] = Number(field(name).value || 0);
  };
  const said = () => {
    const values = {};
    const texts = [...BOUNDS, ...(["once", "crontab"].includes(kind.value) ? OF_KIND[kind.value] : [])];
    for (const name of texts) {
      if (field(name).value.trim()) values[name] = field(name).value.trim();
    }
    if (kind.value === "interval") numbers(INTERVAL, values);
    if (kind.value === "solar") {
      const [event, latitude, longitude] = SOLAR.map((name) => field(name).value);
      values.solar = { event, latitude: Number(latitude), longitude: Number(longitude) };
    }
    return values;
  };

  const clock = (iso) => {
    const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
    const weekday = day.toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
    return `${weekday} ${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  };
  const list = (notes) => {
    const items = notes.map((note) => make("li", {}, note));
    return items.length ? [make("ul", { class: "b-list" }, ...items)] : [];
  };
  const table = (fires, zones) => {
    const row = (tag, cells) => make("tr", {}, ...cells.map((cell) => make(tag, {}, cell)));
    const rows = fires.map((fire) =>
      row("td", [clock(fire.local), clock(fire.shown), fire.notes.join(" ")]),
    );
    const head = make("thead", {}, row("th", [...zones, "Notes"]));
    const shown = make("table", { class: "b-table" }, head, make("tbody", {}, ...rows));
    const name = "The next fires";
    return make("div", { class: "b-scroll", tabindex: "0", role: "region", "aria-label": name }, shown);
  };
  const show = (answer, zone) => {
    const own = kind.value === "crontab" ? field("timezone").value || "UTC" : "UTC";
    sentence.textContent = answer.description.en;
    sentence.classList.remove("b-refused");
    details.replaceChildren(
      ...list(answer.notes),
      ...(answer.fires.length ? [table(answer.fires, [`Schedule: ${own}`, `You: ${zone}`])] : []),
    );
  };
  const refuse = (answer) => {
    const sentences = answer.errors ? Object.values(answer.errors).flat() : [answer.detail];
    sentence.textContent = [...new Set(sentences)].join(" ");
    sentence.classList.add("b-refused");
    details.replaceChildren();
  };

  let asking = new AbortController();
  const fetchPreview = async () => {
    asking = new AbortController();
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const token = document.querySelector('[name="csrfmiddlewaretoken"]').value;
    try {
      const answer = await fetch(kind.dataset.preview, {
        method: "POST",
        signal: asking.signal,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        // Of a new task there is no id, and JSON leaves out what is undefined.
        body: JSON.stringify({ ...said(), count: COUNT, zone, task: kind.dataset.task }),
      });
      const told = await answer.json();
      if (answer.ok) show(told, zone);
      else refuse(told);
    } catch (error) {
      if (error.name !== "AbortError") refuse({ detail: "No answer from the server." });
    }
  };
  let timer;
  const ask = () => {
    clearTimeout(timer);
    asking.abort();
    if (kind.value !== "never") timer = setTimeout(fetchPreview, PAUSE);
  };

  const label = make("label", { for: "when-line", class: "b-label" }, "Crontab in one line");
  const crontab = make("div", { class: "b-crontab" }, label, line, make("div", { class: "b-buttons" }, ...presets));
  lineOf("crontab_minute").closest(".form-row").before(crontab);
  const zones = make("datalist", { id: "when-zones" });
  zones.append(...Intl.supportedValuesOf("timeZone").map((zone) => make("option", { value: zone })));
  field("timezone").setAttribute("list", "when-zones");
  section.append(preview, zones);

  fillLine();
  showKind();
  ask();
  section.addEventListener("input", (event) => {
    if (event.target === line) readLine();
    if (CRONTAB.includes(event.target.name)) fillLine();
    if (event.target === kind) showKind();
    ask();
  });
});
