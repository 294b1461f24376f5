/**
 * The start page only changes its language.
 */

import { fragment, keepLanguage } from "../address.js";
import { find, write } from "../elements.js";
import { bringChinese } from "../fonts.js";
import { pageWords } from "../words.js";

bringChinese();
const words = pageWords(fragment());

function setLanguage(language) {
  words.language = language;
  keepLanguage(language);
  words.paint();
  write(find("#language"), words.isEnglish ? "中文" : "English");
  find("#language").lang = words.isEnglish ? "zh-CN" : "en";
  write(find("#branch-name"), find("#branch-name").dataset[language]);
  for (const door of document.querySelectorAll("[data-keeps-fragment]")) door.hash = location.hash;
}

find("#language").addEventListener("click", () => setLanguage(words.isEnglish ? "zh" : "en"));
setLanguage(words.language);
