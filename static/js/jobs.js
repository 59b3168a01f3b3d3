/* Keeps the progress of jobs up to date, and loads the page anew when one begins or ends. Without this script the page of a
   job refreshes itself. */
"use strict";

const EVERY = 2000;
const SAY_EVERY = 0.25; // of the whole: a screen reader that hears every row hears nothing else

function follow(place) {
  const bar = place.querySelector("progress");
  const text = place.querySelector("[data-job-text]");
  const said = place.querySelector("[data-job-said]");
  let quarter = 0;

  async function look() {
    let job;
    try {
      const response = await fetch(place.dataset.job, { headers: { Accept: "application/json" } });
      // Signed out meanwhile, or the job is gone: the page says so itself.
      if (response.status === 401 || response.status === 404) return location.reload();
      job = await response.json();
    } catch {
      return setTimeout(look, EVERY);
    }
    if (job.state !== place.dataset.state) return location.reload();
    show(job);
    return setTimeout(look, EVERY);
  }

  function show(job) {
    text.textContent = job.text;
    if (!bar || job.value === null) return;
    bar.max = job.max;
    bar.value = job.value;
    const reached = Math.floor(job.value / job.max / SAY_EVERY);
    if (reached > quarter) said.textContent = job.text;
    quarter = reached;
  }

  setTimeout(look, EVERY);
}

document.querySelectorAll("[data-job]").forEach(follow);
