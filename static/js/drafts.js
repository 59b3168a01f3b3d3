/* Typed text that the server does not have yet: kept in this browser, for its writer and its entry alone. */
"use strict";

class Drafts {
  constructor(user, address) {
    this.prefix = `entry:${user}:${address}:`;
  }

  /* draft: {fields, sent, at}; base: the version of the entry that it was typed over. False if there is no room. */
  keep(base, draft) {
    const text = JSON.stringify(draft);
    try {
      localStorage.setItem(this.prefix + base, text);
      return localStorage.getItem(this.prefix + base) === text;
    } catch {
      return false;
    }
  }

  drop(base) {
    try {
      localStorage.removeItem(this.prefix + base);
    } catch {
      /* A browser that keeps nothing has nothing to drop. */
    }
  }

  dropAll() {
    this.all().forEach((draft) => this.drop(draft.base));
  }

  all() {
    const found = [];
    try {
      for (let place = 0; place < localStorage.length; place += 1) {
        const key = localStorage.key(place);
        if (key.startsWith(this.prefix)) {
          found.push({ ...JSON.parse(localStorage.getItem(key)), base: key.slice(this.prefix.length) });
        }
      }
    } catch {
      return [];
    }
    return found;
  }
}
