// The only script, and nothing needs it: it moves the focus to what went wrong, opens what is folded before a
// page is printed, and keeps a second click from sending a form again before the first is answered.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const faults = document.getElementById("fouten");
  if (faults) faults.focus();
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const form of document.querySelectorAll("form[method=post]")) {
    let busy = false;
    form.addEventListener("submit", (event) => {
      if (busy) event.preventDefault();
      busy = true;
      window.setTimeout(() => { busy = false; }, 5000);
    });
  }
  window.addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });
});
