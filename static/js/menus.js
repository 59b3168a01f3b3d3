/* Menus close with Escape, with a click elsewhere, and when the focus leaves them. */
"use strict";

const MENUS = ".menu[open], .nav-narrow[open]";

function closeAllBut(target) {
  document.querySelectorAll(MENUS).forEach((menu) => {
    if (!menu.contains(target)) menu.open = false;
  });
}

document.addEventListener("click", (event) => closeAllBut(event.target));
document.addEventListener("focusin", (event) => closeAllBut(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest(MENUS);
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
