"use strict";
(() => {
  const form = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const rows = [...document.querySelectorAll("#people tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const { search, outcome, attribute, kind } = form.elements;

  const meets = (row, text) => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.every((word) => text.includes(word))) return false;
    if (outcome.value && row.dataset.outcome !== outcome.value) return false;
    if (!attribute.value && !kind.value) return true;
    return [...row.querySelectorAll("li")].some(
      (item) =>
        (!attribute.value || item.dataset.attribute.split(" ").includes(attribute.value)) &&
        (!kind.value || item.dataset.kind === kind.value),
    );
  };

  const show = () => {
    let number = 0;
    rows.forEach((row, at) => {
      row.hidden = !meets(row, texts[at]);
      number += row.hidden ? 0 : 1;
    });
    shown.textContent = `${number.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  };

  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 120);
  });
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
})();
