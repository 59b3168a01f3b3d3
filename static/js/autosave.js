/* Saves entries as they are typed, says how that went, and puts back what a lost connection, an expired sign-in or a
   closed browser kept from the server. Without this script the forms are saved by their buttons. */
"use strict";

const REST = 1500; // milliseconds without a keystroke before an entry is sent
const KEEP_WITHIN = 250; // after a keystroke, into the browser's own store
const RETRY_EVERY = 10000;
const ANSWER_WITHIN = 20000;

const texts = document.getElementById("entry-texts");

function say(name, values = {}) {
  return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), texts.dataset[name]);
}

function plain(value) {
  return value.replace(/\r\n?/g, "\n").trim();
}

function same(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => plain(one[name] ?? "") === plain(other[name] ?? ""));
}

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

function moment(milliseconds) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: texts.dataset.zone, day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit",
  }).formatToParts(milliseconds);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.day}.${part.month}.${part.year} ${part.hour}:${part.minute}`;
}

class EntrySaver {
  constructor(row, user) {
    this.row = row;
    this.user = user;
    this.address = row.dataset.entry;
    this.prefix = row.dataset.prefix;
    this.drafts = new Drafts(user, this.address);
    this.versionInput = this.control("version");
    this.controls = [...row.querySelectorAll("input, select, textarea")].filter(
      (control) => control.name.startsWith(this.prefix) && control.type !== "hidden",
    );
    // A page that shows an error or a conflict holds text that the server does not have.
    this.isStopped = "conflict" in row.dataset;
    this.saved = this.isStopped || "unsaved" in row.dataset ? null : this.served();
    this.isKept = true;
    row.addEventListener("input", () => this.typed());
    row.addEventListener("change", () => this.typed());
    row.querySelector("[data-take-theirs]")?.addEventListener("click", () => this.forget());
    if (this.saved) this.restore();
    if (this.isDirty()) this.typed();
  }

  control(name) {
    return this.row.querySelector(`[name="${this.prefix}${name}"]`);
  }

  fields() {
    return Object.fromEntries(this.controls.map((control) => [this.nameOf(control), control.value]));
  }

  /* As the server sent them, whatever the browser has filled in since. */
  served() {
    return Object.fromEntries(
      this.controls.map((control) => {
        const chosen = control.options && ([...control.options].find((one) => one.defaultSelected) ?? control.options[0]);
        return [this.nameOf(control), chosen ? chosen.value : control.defaultValue];
      }),
    );
  }

  nameOf(control) {
    return control.name.slice(this.prefix.length);
  }

  isDirty() {
    return this.saved === null || !same(this.fields(), this.saved);
  }

  get base() {
    return this.versionInput.value;
  }

  typed() {
    this.keeping ??= setTimeout(() => this.keep(), KEEP_WITHIN);
    if (this.isStopped) return;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.save(), REST);
    if (!this.retries && !this.busy) this.show(this.isDirty() ? say("typing") : "");
  }

  /* Into the browser's store, until the server has it. */
  keep() {
    clearTimeout(this.keeping);
    this.keeping = null;
    if (!this.isDirty()) {
      this.drafts.drop(this.base);
      this.isKept = true;
      return;
    }
    const draft = { fields: this.fields(), sent: this.unanswered ?? null, at: Date.now() };
    this.isKept = this.drafts.keep(this.base, draft);
  }

  forget() {
    clearTimeout(this.keeping);
    this.drafts.dropAll();
    this.saved = this.fields();
  }

  /* One request at a time; resolves when the server has, or has refused, what is typed. */
  save() {
    clearTimeout(this.resting);
    this.busy ??= this.send().finally(() => {
      this.busy = null;
    });
    return this.busy;
  }

  async send() {
    while (!this.isStopped && (this.unanswered || this.isDirty())) {
      // A request without an answer is repeated as it was: the server may have saved it.
      const fields = this.unanswered ?? this.fields();
      this.unanswered = fields;
      this.keep();
      if (!this.retries) this.show(say("saving"));
      const { status, body } = await this.post(fields);
      if (body === null) {
        this.fail(status === null ? "offline" : "failed", {}, true);
        return;
      }
      this.unanswered = null;
      if (status !== 200) {
        this.refused(status, body.message);
        return;
      }
      this.succeeded(fields, body);
      if (same(fields, this.fields())) return;
    }
  }

  /* {status, body}: status null without a connection, body null if the portal did not answer as agreed. */
  async post(fields) {
    const data = new FormData();
    Object.entries(fields).forEach(([name, value]) => data.set(name, value));
    data.set("version", this.base);
    data.set("writer", this.user);
    data.set("csrfmiddlewaretoken", csrfToken());
    let status = null;
    try {
      const response = await fetch(this.address, {
        method: "POST",
        body: data,
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      status = response.status;
      return { status, body: await response.json() };
    } catch {
      return { status, body: null };
    }
  }

  succeeded(fields, body) {
    this.retries = false;
    this.why = null;
    this.drafts.drop(this.base);
    this.versionInput.value = body.version;
    const before = this.saved ?? {};
    this.saved = { ...fields };
    Object.keys(body.errors).forEach((name) => {
      this.saved[name] = before[name] ?? null;
      if (this.saved[name] === null) delete this.saved[name];
    });
    this.keep();
    this.showErrors(body.errors);
    this.showProblems(body);
    const wrong = Object.keys(body.errors).map((name) => this.labelOf(name));
    const parts = [say("saved", { time: body.saved_at_text })];
    if (wrong.length) parts.push(say("except", { fields: wrong.join(", ") }));
    this.show(parts.join(" "), wrong.length ? "failed" : "saved");
  }

  refused(status, why) {
    this.isStopped = status === 409;
    const reason = { 401: "signedOut", 409: "conflict" }[status] ?? "refused";
    this.fail(reason, { why }, status === 401);
  }

  fail(reason, values, retries) {
    this.retries = retries;
    this.why = reason;
    this.keep();
    this.show(`${say(reason, values)} ${say(this.isKept ? "kept" : "notKept")}`, "failed");
    this.row.querySelector("[data-sign-in]").hidden = reason !== "signedOut";
  }

  show(text, tone = "") {
    const place = this.row.querySelector("[data-state]");
    if (place.textContent !== text) place.textContent = text;
    place.parentElement.dataset.tone = tone;
    this.row.querySelector("[data-sign-in]").hidden = true;
  }

  showErrors(errors) {
    this.row.querySelectorAll(".field-error").forEach((error) => error.remove());
    this.controls.forEach((control) => {
      const messages = errors[this.nameOf(control)] ?? [];
      control.closest(".field").classList.toggle("field-invalid", messages.length > 0);
      control.toggleAttribute("aria-invalid", false);
      if (!messages.length) return;
      const place = document.createElement("div");
      place.className = "field-error";
      place.id = `${control.id}_error`;
      place.textContent = messages.join(" ");
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", [`${control.id}_helptext`, place.id].join(" "));
      control.closest(".field").append(place);
    });
  }

  showProblems({ complete, problems }) {
    const lacks = problems.map((problem) => problem.message).join(" ");
    this.row.querySelector("[data-lacks]").textContent = lacks && `${say("lacks")} ${lacks}`;
    this.row.querySelectorAll("[data-pill]").forEach((pill) => {
      pill.hidden = pill.dataset.pill !== (complete ? "complete" : "incomplete");
    });
  }

  labelOf(name) {
    const label = this.control(name)?.labels?.[0];
    return label ? label.firstChild.textContent.trim() : name;
  }

  /* What an earlier visit could not bring to the server. */
  restore() {
    this.drafts.all().forEach((draft) => {
      if (same(draft.fields, this.saved)) {
        this.drafts.drop(draft.base);
      } else if (draft.base === this.base || (draft.sent && same(draft.sent, this.saved))) {
        this.putBack(draft);
      } else {
        this.showOvertaken(draft);
      }
    });
  }

  putBack(draft) {
    const before = this.fields();
    this.fill(draft.fields);
    if (draft.base !== this.base) this.drafts.drop(draft.base);
    const notice = this.notice("restored", draft);
    notice.querySelector("[data-discard]").addEventListener("click", () => {
      this.fill(before);
      notice.remove();
      this.typed();
      this.controls[0].focus();
    });
  }

  showOvertaken(draft) {
    const notice = this.notice("overtaken", draft);
    const list = notice.querySelector("[data-typed]");
    this.controls.forEach((control) => {
      const value = draft.fields[this.nameOf(control)] ?? "";
      if (plain(value) === plain(control.value)) return;
      const group = document.createElement("div");
      const label = document.createElement("dt");
      const text = document.createElement("dd");
      label.textContent = this.labelOf(this.nameOf(control));
      text.textContent = control.options ? [...control.options].find((one) => one.value === value)?.text : value;
      text.className = "typed-text";
      group.append(label, text);
      list.append(group);
    });
    const end = () => {
      this.drafts.drop(draft.base);
      notice.remove();
      this.controls[0].focus();
    };
    notice.querySelector("[data-discard]").addEventListener("click", end);
    notice.querySelector("[data-use]").addEventListener("click", () => {
      this.fill(draft.fields);
      this.keep();
      this.typed();
      end();
    });
  }

  notice(name, draft) {
    const box = document.createElement("div");
    box.append(texts.querySelector(`[data-notice="${name}"]`).content.cloneNode(true));
    const text = box.querySelector(".notice p");
    text.textContent = text.textContent.replace("{time}", moment(draft.at));
    this.row.querySelector("[data-notices]").append(box);
    return box;
  }

  fill(fields) {
    this.controls.forEach((control) => {
      const value = fields[this.nameOf(control)];
      if (value === undefined) return;
      control.value = value;
      const fold = control.closest("details");
      if (fold && value) fold.open = true;
    });
  }
}

function autosave(form) {
  const savers = [...form.querySelectorAll("[data-entry]")].map((row) => new EntrySaver(row, form.dataset.user));
  let isLeaving = false;
  let isSending = false;

  // What this script puts back itself, the browser need not.
  form.autocomplete = "off";
  const flush = () => Promise.all(savers.map((saver) => saver.save()));

  form.addEventListener("save-now", async () => {
    await flush();
    if (savers.some((saver) => saver.isStopped)) form.requestSubmit();
  });

  form.addEventListener("submit", async (event) => {
    if (isLeaving) return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    await flush();
    isSending = false;
    const waiting = savers.find((saver) => saver.why === "offline" || saver.why === "signedOut");
    if (waiting) {
      waiting.row.querySelector(".entry-state").scrollIntoView({ block: "center" });
      return;
    }
    form.elements.csrfmiddlewaretoken.value = csrfToken();
    isLeaving = true;
    // While this event is still under way, a form ignores being submitted again.
    setTimeout(() => form.requestSubmit(event.submitter));
  });

  const retry = () => savers.filter((saver) => saver.retries).forEach((saver) => saver.save());
  setInterval(retry, RETRY_EVERY);
  addEventListener("online", retry);
  addEventListener("focus", retry);

  const keepAll = () => savers.forEach((saver) => saver.keep());
  addEventListener("pagehide", keepAll);
  document.addEventListener("visibilitychange", () => document.hidden && keepAll());
  addEventListener("pageshow", (event) => {
    isLeaving = isLeaving && !event.persisted;
  });
  addEventListener("beforeunload", (event) => {
    keepAll();
    if (!isLeaving && savers.some((saver) => !saver.isKept)) event.preventDefault();
  });
}

document.querySelectorAll("form[data-autosave]").forEach(autosave);
